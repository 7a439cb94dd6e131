// SPDX-License-Identifier: Apache-2.0
#include "rules/condition.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "rules/condition_words.h"
#include "rules/limits.h"
#include "rules/suggest.h"

namespace modelward::rules {
namespace {

constexpr std::array<std::string_view, 7> kKeywords{"and", "or", "not", "of", "them", "1", "all"};

bool is_keyword(std::string_view word) {
    return std::ranges::find(kKeywords, word) != kKeywords.end();
}

// "*" stands for any letters. Linear: after the first piece each next one is taken where it first occurs.
bool matches_pattern(std::string_view name, std::string_view pattern) {
    const std::size_t first_star = pattern.find('*');
    if (first_star == std::string_view::npos) return name == pattern;
    if (!name.starts_with(pattern.substr(0, first_star))) return false;
    name.remove_prefix(first_star);
    pattern.remove_prefix(first_star + 1);
    for (std::size_t star = pattern.find('*'); star != std::string_view::npos; star = pattern.find('*')) {
        const std::size_t found = name.find(pattern.substr(0, star));
        if (found == std::string_view::npos) return false;
        name.remove_prefix(found + star);
        pattern.remove_prefix(star + 1);
    }
    return name.ends_with(pattern);
}

// Recursive descent; the first problem ends it.
class Parser {
  public:
    Parser(Reporter& report, std::string_view text, const TextPosition& position,
           std::span<const Selection> selections)
        : report_(report),
          position_(position),
          selections_(selections),
          size_(text.size()),
          words_(condition_words(text)),
          used_(selections.size()) {
        for (const Selection& selection : selections)
            names_.push_back(selection.name);
    }

    std::optional<Expression> parse() {
        std::optional<Expression> expression = any(0);
        if (!expression) return std::nullopt;
        if (next_ < words_.size())
            return fail_here("condition has " + here() + " where 'and', 'or' or its end should be",
                             join_fix());
        return expression;
    }

    const std::vector<bool>& used() const { return used_; }

  private:
    bool at_end() const { return next_ == words_.size(); }
    bool at(std::string_view word) const { return !at_end() && words_[next_].text == word; }
    std::string here() const { return at_end() ? "its end" : in_quotes(words_[next_].text); }

    bool take(std::string_view word) {
        if (!at(word)) return false;
        ++next_;
        return true;
    }

    Expression node(Expression::Type type) const {
        const std::size_t offset = at_end() ? size_ : words_[next_].offset;
        const int shift = position_.exact ? static_cast<int>(offset) : 0;
        return {type, 0, position_.line, position_.column + shift, {}};
    }

    std::nullopt_t fail_here(std::string reason, std::string fix) {
        const Expression place = node(Expression::Type::kAnd);
        report_.add(place.line, place.column, std::move(reason), std::move(fix));
        return std::nullopt;
    }

    // A word where a joining word should be: a known habit from elsewhere, or a slip.
    std::string join_fix() const {
        constexpr std::array<std::string_view, 2> kJoins{"and", "or"};
        if (at("|")) return "aggregations are not supported: use modelward.budget";
        if (at(")")) return "remove it, or open a parenthesis before it";
        std::string lower(words_[next_].text);
        std::ranges::transform(lower, lower.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        return suggest(lower, kJoins);
    }

    std::optional<Expression> any(std::size_t depth) { return joined(Expression::Type::kOr, "or", depth); }
    std::optional<Expression> all(std::size_t depth) { return joined(Expression::Type::kAnd, "and", depth); }

    std::optional<Expression> joined(Expression::Type type, std::string_view word, std::size_t depth) {
        Expression whole = node(type);
        do {
            std::optional<Expression> part = type == Expression::Type::kOr ? all(depth) : factor(depth);
            if (!part) return std::nullopt;
            whole.children.push_back(std::move(*part));
        } while (take(word));
        if (whole.children.size() > 1) return whole;
        Expression only = std::move(whole.children.front());
        return only;
    }

    std::optional<Expression> factor(std::size_t depth) {
        if (depth >= kMaxConditionDepth) {
            return fail_here(
                "condition is nested more than " + std::to_string(kMaxConditionDepth) + " levels deep",
                "simplify it");
        }
        if (at("not")) {
            Expression negation = node(Expression::Type::kNot);
            ++next_;
            std::optional<Expression> child = factor(depth + 1);
            if (!child) return std::nullopt;
            negation.children.push_back(std::move(*child));
            return negation;
        }
        if (take("(")) {
            std::optional<Expression> inner = any(depth + 1);
            if (inner && !take(")"))
                return fail_here("condition has " + here() + " where ')' should be",
                                 at_end() ? "close the parenthesis" : join_fix());
            return inner;
        }
        if (at("1") || at("all")) return quantified();
        return name();
    }

    std::optional<Expression> name() {
        if (at_end() || is_keyword(words_[next_].text) || !is_name_letter(words_[next_].text.front())) {
            return fail_here("condition has " + here() + " where a selection should be", suggest("", names_));
        }
        const auto found = std::ranges::find(names_, words_[next_].text);
        if (found == names_.end()) {
            return fail_here("condition names " + here() + ", which is no selection of 'detection'",
                             suggest(words_[next_].text, names_));
        }
        Expression leaf = node(Expression::Type::kSelection);
        leaf.selection = static_cast<std::size_t>(found - names_.begin());
        used_[leaf.selection] = true;
        ++next_;
        return leaf;
    }

    std::optional<Expression> quantified() {
        Expression whole = node(at("all") ? Expression::Type::kAnd : Expression::Type::kOr);
        ++next_;
        if (!take("of"))
            return fail_here("condition has " + here() + " where 'of' should be",
                             "write '1 of them' or 'all of name*'");
        if (at_end())
            return fail_here("condition ends after 'of'", "add 'them' or a pattern like 'filter_*'");
        const std::string_view pattern = words_[next_].text;
        for (std::size_t index = 0; index < names_.size(); ++index) {
            const bool chosen =
                pattern == "them" ? !names_[index].starts_with('_') : matches_pattern(names_[index], pattern);
            if (!chosen) continue;
            Expression leaf = node(Expression::Type::kSelection);
            leaf.selection = index;
            used_[index] = true;
            whole.children.push_back(std::move(leaf));
        }
        if (whole.children.empty()) return fail_here("no selection matches " + here(), suggest("", names_));
        ++next_;
        return whole;
    }

    Reporter& report_;
    const TextPosition position_;
    std::span<const Selection> selections_;
    std::size_t size_;
    std::vector<ConditionWord> words_;
    std::vector<std::string> names_;
    std::vector<bool> used_;
    std::size_t next_ = 0;
};

}  // namespace

std::optional<Expression> parse_condition(Reporter& report, std::string_view text,
                                          const TextPosition& position,
                                          std::span<const Selection> selections) {
    if (text.size() > kMaxConditionBytes) {
        report.add(position.line, position.column,
                   "condition is " + std::to_string(text.size()) + " bytes long; the limit is " +
                       std::to_string(kMaxConditionBytes),
                   "use '1 of name*' or several rules");
        return std::nullopt;
    }
    Parser parser(report, text, position, selections);
    std::optional<Expression> expression = parser.parse();
    if (!expression) return std::nullopt;
    for (std::size_t index = 0; index < selections.size(); ++index) {
        if (parser.used()[index]) continue;
        const Selection& unused = selections[index];
        report.add(unused.line, unused.column,
                   "selection " + in_quotes(unused.name) + " is not used by the condition",
                   "add it to the condition or remove it");
        expression.reset();
    }
    return expression;
}

}  // namespace modelward::rules
