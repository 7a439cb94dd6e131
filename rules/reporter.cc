// SPDX-License-Identifier: Apache-2.0
#include "rules/reporter.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "rules/limits.h"
#include "rules/suggest.h"

namespace modelward::rules {
namespace {

constexpr std::size_t kMaxQuotedBytes = 80;

// C0 and DEL, or the second byte of C1 (U+0080 to U+009F, which terminals obey too).
bool is_control(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool after_c2 = at > 0 && static_cast<unsigned char>(text[at - 1]) == 0xc2;
    return byte < 0x20 || byte == 0x7f || (after_c2 && byte >= 0x80 && byte < 0xa0);
}

bool has_control(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_control(text, at) && text[at] != '\n' && text[at] != '\t') return true;
    }
    return false;
}

// At most kMaxQuotedBytes of whole UTF-8 letters.
std::string_view cut(std::string_view text) {
    if (text.size() <= kMaxQuotedBytes) return text;
    std::size_t size = kMaxQuotedBytes;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    return text.substr(0, size);
}

std::string_view type_name(const YamlNode& node) {
    switch (node.type) {
        case YamlNode::Type::kNull:
            return "empty";
        case YamlNode::Type::kScalar:
            return "text";
        case YamlNode::Type::kList:
            return "a list";
        case YamlNode::Type::kMap:
            return "a map";
    }
    return "unknown";
}

bool check_type(Reporter& report, const YamlNode& node, std::string_view what, YamlNode::Type wanted,
                std::string_view wanted_name) {
    if (node.type == wanted) return true;
    report.add(node, std::string(what) + " must be " + std::string(wanted_name) + ", not " +
                         std::string(type_name(node)));
    return false;
}

}  // namespace

void Reporter::add(int line, int column, std::string reason, std::string fix) {
    const std::size_t count = problems_.size() - before_;
    if (count > kMaxProblemsPerDocument) return;
    if (count == kMaxProblemsPerDocument) {
        problems_.push_back({document_, 0, 0,
                             "more problems follow; only the first " +
                                 std::to_string(kMaxProblemsPerDocument) + " are listed",
                             ""});
        return;
    }
    problems_.push_back({document_, line, column, std::move(reason), std::move(fix)});
}

void Reporter::add(const YamlNode& at, std::string reason, std::string fix) {
    add(at.line, at.column, std::move(reason), std::move(fix));
}

bool check_map(Reporter& report, const YamlNode& node, std::string_view what,
               std::span<const std::string_view> known, std::span<const std::string_view> required) {
    if (!check_type(report, node, what, YamlNode::Type::kMap, "a map")) return false;
    bool good = true;
    for (const YamlEntry& entry : node.entries) {
        if (std::ranges::find(known, entry.key.text) != known.end()) continue;
        report.add(entry.key, "unknown key " + in_quotes(entry.key.text) + " in " + std::string(what),
                   suggest(entry.key.text, known));
        good = false;
    }
    for (const std::string_view key : required) {
        if (node.find(key) != nullptr) continue;
        report.add(node, std::string(what) + " has no '" + std::string(key) + "'",
                   "add '" + std::string(key) + ":'");
        good = false;
    }
    return good;
}

bool check_text(Reporter& report, const YamlNode& node, std::string_view what, std::size_t max_bytes) {
    if (!check_type(report, node, what, YamlNode::Type::kScalar, "text")) return false;
    if (node.text.empty()) {
        report.add(node, std::string(what) + " is empty");
        return false;
    }
    if (node.text.size() > max_bytes) {
        report.add(node,
                   std::string(what) + " is " + std::to_string(node.text.size()) +
                       " bytes long; the limit is " + std::to_string(max_bytes),
                   "shorten it");
        return false;
    }
    if (has_control(node.text)) {
        report.add(node, std::string(what) + " contains a control character", "remove it");
        return false;
    }
    return true;
}

std::optional<std::size_t> check_word(Reporter& report, const YamlNode& node, std::string_view what,
                                      std::span<const std::string_view> values) {
    if (!check_type(report, node, what, YamlNode::Type::kScalar, "text")) return std::nullopt;
    const auto found = std::ranges::find(values, node.text);
    if (found != values.end()) return static_cast<std::size_t>(found - values.begin());
    report.add(node, "unknown value " + in_quotes(node.text) + " for " + std::string(what),
               suggest(node.text, values));
    return std::nullopt;
}

std::optional<std::uint32_t> check_number(Reporter& report, const YamlNode& node, std::string_view what,
                                          std::uint32_t low, std::uint32_t high) {
    if (!check_type(report, node, what, YamlNode::Type::kScalar, "a number")) return std::nullopt;
    const std::string& text = node.text;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && number >= low && number <= high)
        return number;
    report.add(node, std::string(what) + " must be a number from " + std::to_string(low) + " to " +
                         std::to_string(high) + ", not " + in_quotes(text));
    return std::nullopt;
}

std::optional<std::vector<const YamlNode*>> check_values(Reporter& report, const YamlNode& node,
                                                         std::string_view what, std::size_t max_values) {
    if (node.is_scalar()) return std::vector<const YamlNode*>{&node};
    if (!check_type(report, node, what, YamlNode::Type::kList, "a value or a list of values"))
        return std::nullopt;
    if (node.items.empty()) {
        report.add(node, std::string(what) + " is an empty list", "add a value or remove it");
        return std::nullopt;
    }
    if (node.items.size() > max_values) {
        report.add(node,
                   std::string(what) + " has " + std::to_string(node.items.size()) +
                       " values; the limit is " + std::to_string(max_values),
                   "use a list: lists/*.yaml");
        return std::nullopt;
    }
    std::vector<const YamlNode*> values;
    for (const YamlNode& item : node.items) {
        if (!check_type(report, item, "a value of " + std::string(what), YamlNode::Type::kScalar, "text")) {
            return std::nullopt;
        }
        values.push_back(&item);
    }
    return values;
}

std::string in_quotes(std::string_view word) {
    const std::string_view shown = cut(word);
    if (has_control(shown) || shown.find_first_of("\n\t") != std::string_view::npos) {
        return "(text with control characters)";
    }
    return "'" + std::string(shown) + (shown.size() < word.size() ? "...'" : "'");
}

}  // namespace modelward::rules
