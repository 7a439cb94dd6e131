// SPDX-License-Identifier: Apache-2.0
#include "rules/detection.h"

#include <algorithm>
#include <utility>

#include "rules/condition.h"
#include "rules/condition_words.h"
#include "rules/fields.h"
#include "rules/limits.h"

namespace modelward::rules {
namespace {

std::string_view source_line(std::string_view text, int number) {
    for (int line = 1; line < number; ++line) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return {};
        text.remove_prefix(end + 1);
    }
    return text.substr(0, text.find('\n'));
}

// Columns inside a scalar are known only if its text stands in the document as it is (no escapes, one line).
TextPosition text_position(const YamlNode& node, std::string_view document) {
    const std::string_view line = source_line(document, node.line);
    const std::size_t begin = static_cast<std::size_t>(node.column) - 1 + (node.quoted ? 1 : 0);
    const bool exact = begin <= line.size() && line.substr(begin, node.text.size()) == node.text;
    return {node.line, exact ? static_cast<int>(begin) + 1 : node.column, exact};
}

bool parse_map(Reporter& report, const YamlNode& node, Category category, const Vocabulary& vocabulary,
               SelectionMap& map) {
    if (node.entries.empty()) {
        report.add(node, "the selection tests no field", "add a field or remove it");
        return false;
    }
    bool good = true;
    for (const YamlEntry& entry : node.entries) {
        if (std::optional<FieldTest> test = parse_field_test(report, entry, category, vocabulary)) {
            map.push_back(std::move(*test));
        } else {
            good = false;
        }
    }
    return good;
}

bool parse_selection(Reporter& report, const YamlEntry& entry, const Vocabulary& vocabulary,
                     ParsedRule& rule) {
    const YamlNode& name = entry.key;
    rule.selections.push_back({name.text, name.line, name.column, {}});
    Selection& selection = rule.selections.back();
    const bool named = !name.text.empty() && std::ranges::all_of(name.text, [](char letter) {
        return is_name_letter(letter) && letter != '*';
    });
    if (!named) {
        report.add(
            name,
            "selection name " + in_quotes(name.text) + " has other letters than a-z, A-Z, 0-9, '_' and '-'",
            "rename it");
        return false;
    }
    const YamlNode& value = entry.value;
    const bool maps =
        value.is_list() && !value.items.empty() && std::ranges::all_of(value.items, &YamlNode::is_map);
    if (!value.is_map() && !maps) {
        report.add(value,
                   "selection " + in_quotes(name.text) + " must be a map of fields or a list of such maps",
                   "write 'field: value' below it");
        return false;
    }
    if (value.is_list() && value.items.size() > kMaxSelectionValues) {
        report.add(value,
                   "selection " + in_quotes(name.text) + " has more than " +
                       std::to_string(kMaxSelectionValues) + " maps",
                   "split it");
        return false;
    }
    const std::size_t count = value.is_map() ? 1 : value.items.size();
    bool good = true;
    for (std::size_t index = 0; index < count; ++index) {
        SelectionMap map;
        good =
            parse_map(report, value.is_map() ? value : value.items[index], rule.category, vocabulary, map) &&
            good;
        selection.maps.push_back(std::move(map));
    }
    return good;
}

}  // namespace

bool parse_detection(Reporter& report, const YamlNode& node, std::string_view text,
                     const Vocabulary& vocabulary, ParsedRule& rule) {
    if (!node.is_map()) {
        report.add(node, "'detection' must be a map of selections and a 'condition'");
        return false;
    }
    bool good = true;
    const YamlNode* condition = node.find("condition");
    for (const YamlEntry& entry : node.entries) {
        if (entry.key.text == "condition") continue;
        if (rule.selections.size() == kMaxSelections) {
            report.add(entry.key, "more than " + std::to_string(kMaxSelections) + " selections",
                       "split the rule");
            return false;
        }
        good = parse_selection(report, entry, vocabulary, rule) && good;
    }
    if (condition == nullptr) {
        report.add(node, "'detection' has no 'condition'", "add 'condition:'");
        return false;
    }
    if (!check_text(report, *condition, "'condition'", kMaxDocumentBytes)) return false;
    const TextPosition position = text_position(*condition, text);
    std::optional<Expression> expression =
        parse_condition(report, condition->text, position, rule.selections);
    if (!expression) return false;
    rule.condition = std::move(*expression);
    rule.line = position.line;
    rule.column = position.column;
    return good;
}

}  // namespace modelward::rules
