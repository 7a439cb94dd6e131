// SPDX-License-Identifier: Apache-2.0
#include "rules/plain_evaluate.h"

#include <algorithm>
#include <string_view>

namespace modelward::rules {
namespace {

// The thing seen as one of its classes and one of its kinds.
struct View {
    const Facts& facts;
    std::uint32_t class_number;
    std::uint32_t kind_number;
    std::string_view program;
};

bool in_prefix(const Address& address, const Prefix& prefix) {
    for (unsigned bit = 0; bit < prefix.length; ++bit) {
        const unsigned mask = 0x80U >> (bit % 8);
        if ((address[bit / 8] & mask) != (prefix.address[bit / 8] & mask)) return false;
    }
    return true;
}

bool destination_matches(const FieldTest& test, const Address& address) {
    for (const auto& set : test.destinations) {
        for (const Prefix& prefix : set->prefixes()) {
            if (in_prefix(address, prefix)) return true;
        }
    }
    return false;
}

// Read forwards: the compiler reads names backwards.
bool domain_matches(const FieldTest& test, const std::string& domain) {
    for (const auto& set : test.domains) {
        for (const std::string& prefix : set->prefixes()) {
            const std::string pattern = pattern_text(prefix);
            if (pattern.starts_with('.') ? domain.ends_with(pattern) : domain == pattern) return true;
        }
    }
    return false;
}

bool matches(const FieldTest& test, const View& view) {
    std::uint32_t value = 0;
    switch (test.field) {
        case Field::kArtifactClass:
            value = view.class_number;
            break;
        case Field::kArtifactKind:
            value = view.kind_number;
            break;
        case Field::kSinkKind:
            value = static_cast<std::uint32_t>(view.facts.operation);
            break;
        case Field::kDestinationIp:
            return destination_matches(test, view.facts.destination);
        case Field::kDestinationDomain:
            return domain_matches(test, view.facts.domain);
        case Field::kDestinationPort:
            value = view.facts.port;
            break;
        case Field::kUserId:
            value = view.facts.user_id;
            break;
        case Field::kProcessExecutable:
        case Field::kProcessPackage:
            return std::ranges::find(test.paths, view.program) != test.paths.end();
    }
    return std::ranges::find(test.numbers, value) != test.numbers.end();
}

bool matches(const Selection& selection, const View& view) {
    return std::ranges::any_of(selection.maps, [&](const SelectionMap& map) {
        return std::ranges::all_of(map, [&](const FieldTest& test) { return matches(test, view); });
    });
}

bool matches(const ParsedRule& rule, const Expression& expression, const View& view) {
    const auto child_matches = [&](const Expression& child) { return matches(rule, child, view); };
    switch (expression.type) {
        case Expression::Type::kSelection:
            return matches(rule.selections[expression.selection], view);
        case Expression::Type::kNot:
            return !child_matches(expression.children.front());
        case Expression::Type::kAnd:
            return std::ranges::all_of(expression.children, child_matches);
        case Expression::Type::kOr:
            return std::ranges::any_of(expression.children, child_matches);
    }
    return false;
}

// By either of two names, if it asks for names; by both, if it holds for whoever it does not name.
bool matches_by_its_names(const ParsedRule& rule, View view) {
    const bool as_program = matches(rule, rule.condition, view);
    if (view.facts.script.empty()) return as_program;
    view.program = view.facts.script;
    const bool as_script = matches(rule, rule.condition, view);
    view.program = {};
    return matches(rule, rule.condition, view) ? as_program && as_script : as_program || as_script;
}

}  // namespace

bool plainly_matches(const ParsedRule& rule, const Facts& facts) {
    const bool access = facts.operation == Operation::kRead;
    if (access != (rule.category == Category::kAccess)) return false;
    for (std::uint32_t class_number = 0; class_number < kMaxClasses; ++class_number) {
        for (std::uint32_t kind_number = 0; kind_number < kArtifactKinds; ++kind_number) {
            const bool has =
                ((facts.classes >> class_number) & 1U) != 0 && ((facts.kinds >> kind_number) & 1U) != 0;
            if (has && matches_by_its_names(rule, {facts, class_number, kind_number, facts.program}))
                return true;
        }
    }
    return false;
}

namespace {

// What policy.h says of a name that only a DNS answer gave.
bool holds(const ParsedRule& rule, const Facts& facts) {
    if (!facts.domain_by_answer || rule.action == Action::kAlert) return plainly_matches(rule, facts);
    Facts unnamed = facts;
    unnamed.domain.clear();
    if (plainly_matches(rule, unnamed)) return true;
    return rule.action != Action::kAllow && plainly_matches(rule, facts);
}

}  // namespace

PlainDecision plain_evaluate(const std::vector<ParsedRule>& rules, const Facts& facts,
                             std::uint64_t metered_bytes) {
    const ParsedRule* first = nullptr;
    for (const ParsedRule& rule : rules) {
        if (!holds(rule, facts)) continue;
        if (first == nullptr || goes_before(rule, *first)) first = &rule;
    }
    if (first == nullptr) return {};
    const bool within_budget = first->budget_bytes > 0 && metered_bytes <= first->budget_bytes;
    return {first, within_budget ? Action::kAllow : first->action};
}

}  // namespace modelward::rules
