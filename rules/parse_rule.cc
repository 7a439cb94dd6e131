// SPDX-License-Identifier: Apache-2.0
#include "rules/parse_rule.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rules/detection.h"
#include "rules/extension.h"
#include "rules/limits.h"
#include "rules/quantity.h"
#include "rules/reporter.h"

namespace modelward::rules {
namespace {

constexpr std::array<std::string_view, 14> kKeys{
    "title",      "id",        "status",    "description", "author", "date",           "modified",
    "references", "logsource", "detection", "level",       "tags",   "falsepositives", "modelward"};
constexpr std::array<std::string_view, 6> kRequired{"title",     "id",    "logsource",
                                                    "detection", "level", "modelward"};
constexpr std::array<std::string_view, 3> kStatuses{"experimental", "test", "stable"};
constexpr std::array<std::string_view, 5> kLevels{"informational", "low", "medium", "high", "critical"};
constexpr std::array<std::string_view, 2> kCategories{"access", "egress"};
constexpr std::array<std::string_view, 1> kProducts{"modelward"};

bool is_lower_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

// RFC 9562 text form, lower case.
bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_lower_hex(text[i])) return false;
    }
    return true;
}

// "attack.t1052.001": a namespace, a dot and more.
bool is_tag(std::string_view text) {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    const std::size_t dot = text.find('.');
    return dot != std::string_view::npos && dot > 0 && dot + 1 < text.size() &&
           text.find_first_not_of(kLetters) == std::string_view::npos;
}

void check_texts(Reporter& report, const YamlNode& node, std::string_view what) {
    const auto values = check_values(report, node, what, kMaxSelectionValues);
    if (!values) return;
    for (const YamlNode* value : *values)
        check_text(report, *value, what, kMaxTextBytes);
}

void check_tags(Reporter& report, const YamlNode& node) {
    const auto values = check_values(report, node, "'tags'", kMaxSelectionValues);
    if (!values) return;
    for (const YamlNode* value : *values) {
        if (is_tag(value->text)) continue;
        report.add(*value, "tag " + in_quotes(value->text) + " is not of the form namespace.name",
                   "write it like attack.t1052.001");
    }
}

void check_date(Reporter& report, const YamlNode& node, std::string_view what) {
    if (node.is_scalar() && is_date(node.text)) return;
    report.add(node, std::string(what) + " must be a date, not " + in_quotes(node.text),
               "write it like 2026-01-31");
}

void check_status(Reporter& report, const YamlNode& node) {
    if (node.text == "deprecated" || node.text == "unsupported") {
        report.add(node, "a rule of status " + in_quotes(node.text) + " is not enforced",
                   "remove the file from the pack");
        return;
    }
    check_word(report, node, "'status'", kStatuses);
}

// What Sigma says about a rule for people and tools; none of it changes a verdict.
void check_description(Reporter& report, const YamlNode& root) {
    if (const YamlNode* node = root.find("status")) check_status(report, *node);
    if (const YamlNode* node = root.find("description"))
        check_text(report, *node, "'description'", kMaxTextBytes);
    if (const YamlNode* node = root.find("author")) check_text(report, *node, "'author'", kMaxTextBytes);
    if (const YamlNode* node = root.find("date")) check_date(report, *node, "'date'");
    if (const YamlNode* node = root.find("modified")) check_date(report, *node, "'modified'");
    if (const YamlNode* node = root.find("references")) check_texts(report, *node, "'references'");
    if (const YamlNode* node = root.find("falsepositives")) check_texts(report, *node, "'falsepositives'");
    if (const YamlNode* node = root.find("tags")) check_tags(report, *node);
}

void parse_identity(Reporter& report, const YamlNode& root, ParsedRule& rule) {
    if (const YamlNode* title = root.find("title")) {
        check_text(report, *title, "'title'", kMaxTitleBytes);
        rule.title = title->text;
    }
    if (const YamlNode* id = root.find("id")) {
        if (!id->is_scalar() || !is_uuid(id->text)) {
            report.add(*id, "'id' must be a UUID in lower case, not " + in_quotes(id->text),
                       "make one with uuidgen");
        }
        rule.id = id->text;
    }
    if (const YamlNode* level = root.find("level")) {
        if (const auto index = check_word(report, *level, "'level'", kLevels))
            rule.level = static_cast<Level>(*index);
    }
}

// The category decides which fields exist; without it the detection cannot be judged.
bool parse_logsource(Reporter& report, const YamlNode& node, ParsedRule& rule) {
    constexpr std::array<std::string_view, 2> kLogsourceKeys{"product", "category"};
    if (!check_map(report, node, "'logsource'", kLogsourceKeys, kLogsourceKeys)) return false;
    const auto product = check_word(report, *node.find("product"), "'product'", kProducts);
    const auto category = check_word(report, *node.find("category"), "'category'", kCategories);
    if (category) rule.category = static_cast<Category>(*category);
    return product && category;
}

}  // namespace

bool goes_before(const ParsedRule& a, const ParsedRule& b) {
    constexpr auto rank = [](Action action) {
        constexpr std::array<int, kActions> kRanks{0, 4, 2, 3, 1};  // allow, alert, block, throttle, kill
        return kRanks[static_cast<std::size_t>(action)];
    };
    return std::tuple(rank(a.action), a.priority, std::string_view(a.title), std::string_view(a.id)) <
           std::tuple(rank(b.action), b.priority, std::string_view(b.title), std::string_view(b.id));
}

std::optional<ParsedRule> parse_rule(const Document& document, const Vocabulary& vocabulary,
                                     std::vector<Problem>& problems) {
    const auto root = parse_yaml(document, kMaxDocumentBytes);
    if (!root) {
        problems.push_back(root.error());
        return std::nullopt;
    }
    Reporter report(document.name, problems);
    check_map(report, *root, "the rule", kKeys, kRequired);
    if (!root->is_map()) return std::nullopt;
    ParsedRule rule;
    rule.document = document.name;
    parse_identity(report, *root, rule);
    check_description(report, *root);
    bool good = false;
    const YamlNode* logsource = root->find("logsource");
    if (logsource != nullptr && parse_logsource(report, *logsource, rule)) {
        const YamlNode* detection = root->find("detection");
        const YamlNode* extension = root->find("modelward");
        good = detection != nullptr && parse_detection(report, *detection, document.text, vocabulary, rule);
        good = extension != nullptr && parse_extension(report, *extension, vocabulary, rule) && good;
    }
    if (!good || !report.clean()) return std::nullopt;
    return rule;
}

}  // namespace modelward::rules
