// SPDX-License-Identifier: Apache-2.0
#include "rules/extension.h"

#include <array>

#include "rules/limits.h"
#include "rules/quantity.h"
#include "rules/test_facts.h"

namespace modelward::rules {
namespace {

constexpr std::array<std::string_view, kActions> kActionNames{"allow", "alert", "block", "throttle", "kill"};
constexpr std::array<std::string_view, 5> kPerNames{"user", "artifact", "class", "program",
                                                    "destination-group"};

bool parse_action(Reporter& report, const YamlNode& node, ParsedRule& rule) {
    const auto index = check_word(report, node, "'action'", kActionNames);
    if (index) rule.action = static_cast<Action>(*index);
    return index.has_value();
}

bool parse_per(Reporter& report, const YamlNode& node, ParsedRule& rule) {
    const auto words = check_values(report, node, "'per'", kPerNames.size());
    if (!words) return false;
    rule.per = 0;
    for (const YamlNode* word : *words) {
        const auto index = check_word(report, *word, "'per'", kPerNames);
        if (!index) return false;
        rule.per = static_cast<std::uint8_t>(rule.per | (1U << *index));
    }
    if ((rule.per & kPerArtifact) != 0 && (rule.per & kPerClass) != 0) {
        report.add(node, "'per' has artifact and class: an artifact has one class", "remove 'class'");
        return false;
    }
    return true;
}

bool parse_throttle(Reporter& report, const YamlNode& node, ParsedRule& rule) {
    constexpr std::array<std::string_view, 2> kKeys{"rate", "per"};
    constexpr std::array<std::string_view, 1> kRequired{"rate"};
    if (!check_map(report, node, "'throttle'", kKeys, kRequired)) return false;
    const YamlNode& rate = *node.find("rate");
    constexpr std::string_view kASecond = "/s";
    const std::string_view text = rate.is_scalar() ? std::string_view(rate.text) : std::string_view();
    const auto bytes =
        text.ends_with(kASecond) ? parse_bytes(text.substr(0, text.size() - kASecond.size())) : std::nullopt;
    if (!bytes || *bytes < kMinRateBytes || *bytes > kMaxRateBytes) {
        report.add(rate, "'rate' must be from 1KiB/s to 16GiB/s, not " + in_quotes(rate.text),
                   "write it like 1MiB/s");
        return false;
    }
    rule.rate_bytes = *bytes;
    const YamlNode* per = node.find("per");
    return per == nullptr || parse_per(report, *per, rule);
}

bool parse_budget(Reporter& report, const YamlNode& node, ParsedRule& rule) {
    constexpr std::array<std::string_view, 3> kKeys{"bytes", "window", "per"};
    constexpr std::array<std::string_view, 1> kRequired{"bytes"};
    if (!check_map(report, node, "'budget'", kKeys, kRequired)) return false;
    const YamlNode& bytes = *node.find("bytes");
    const std::optional<std::uint64_t> size = bytes.is_scalar() ? parse_bytes(bytes.text) : std::nullopt;
    if (!size) {
        report.add(bytes, "'bytes' must be a number of bytes, not " + in_quotes(bytes.text),
                   "write it like 256KiB, 1MiB or 0");
        return false;
    }
    if (*size > kMaxBudgetBytes) {
        report.add(bytes, "a budget of " + in_quotes(bytes.text) + " is more than a meter holds (below 1TiB)",
                   "lower it, or write an alert rule without a budget");
        return false;
    }
    rule.budget_bytes = *size;
    if (const YamlNode* window = node.find("window")) {
        const std::optional<std::uint32_t> seconds =
            window->is_scalar() ? parse_seconds(window->text) : std::nullopt;
        if (!seconds || *seconds == 0 || *seconds > kMaxWindowSeconds) {
            report.add(*window, "'window' must be a span of time up to 366d, not " + in_quotes(window->text),
                       "write it like 90s, 30m, 24h or 7d");
            return false;
        }
        rule.window_seconds = *seconds;
    }
    if (const YamlNode* per = node.find("per"))
        if (!parse_per(report, *per, rule)) return false;
    if (rule.budget_bytes > 0 && rule.category == Category::kAccess) {
        report.add(node,
                   "a rule of category access cannot have a budget: reading is judged when the file is "
                   "opened, before any byte",
                   "remove 'budget', or use category egress");
        return false;
    }
    return true;
}

// An exception is the record of who answers for a filter of the condition, until when.
bool parse_exceptions(Reporter& report, const YamlNode& node) {
    constexpr std::array<std::string_view, 3> kKeys{"owner", "reason", "expires"};
    if (!node.is_list()) {
        report.add(node, "'exceptions' must be a list of {owner, reason, expires}");
        return false;
    }
    bool good = true;
    for (const YamlNode& item : node.items) {
        if (!check_map(report, item, "an exception", kKeys, kKeys)) {
            good = false;
            continue;
        }
        good = check_text(report, *item.find("owner"), "'owner'", kMaxTitleBytes) && good;
        good = check_text(report, *item.find("reason"), "'reason'", kMaxTextBytes) && good;
        const YamlNode& expires = *item.find("expires");
        if (!expires.is_scalar() || !is_date(expires.text)) {
            report.add(expires, "'expires' must be a date, not " + in_quotes(expires.text),
                       "write it like 2026-01-31");
            good = false;
        }
    }
    return good;
}

bool parse_test(Reporter& report, const YamlNode& node, const Vocabulary& vocabulary, ParsedRule& rule) {
    constexpr std::array<std::string_view, 3> kKeys{"name", "facts", "expect"};
    if (!check_map(report, node, "a test", kKeys, kKeys)) return false;
    if (!check_text(report, *node.find("name"), "'name'", kMaxTitleBytes)) return false;
    const auto expected = check_word(report, *node.find("expect"), "'expect'", kActionNames);
    const auto facts = parse_test_facts(report, *node.find("facts"), rule.category, vocabulary);
    if (!expected || !facts) return false;
    rule.tests.push_back({node.find("name")->text, node.line, node.column, facts->facts, facts->bytes,
                          static_cast<Action>(*expected)});
    return true;
}

bool parse_tests(Reporter& report, const YamlNode& node, const Vocabulary& vocabulary, ParsedRule& rule) {
    if (!node.is_list()) {
        report.add(node, "'tests' must be a list of {name, facts, expect}");
        return false;
    }
    if (node.items.size() > kMaxRuleTests) {
        report.add(node, "more than " + std::to_string(kMaxRuleTests) + " tests", "keep those that differ");
        return false;
    }
    bool good = true;
    for (const YamlNode& item : node.items)
        good = parse_test(report, item, vocabulary, rule) && good;
    return good;
}

// What the action needs, and what it cannot have.
bool check_action(Reporter& report, const YamlNode& node, const ParsedRule& rule) {
    if (rule.action == Action::kAllow && rule.budget_bytes > 0) {
        report.add(*node.find("budget"),
                   "an allow rule cannot have a budget: beyond it the bytes would be let through as well",
                   "write a block rule with the budget");
        return false;
    }
    if (rule.action == Action::kThrottle && (rule.rate_bytes == 0 || rule.budget_bytes > 0)) {
        report.add(node,
                   rule.rate_bytes == 0 ? "a throttle rule has no 'throttle'"
                                        : "a throttle rule has a rate and cannot have a budget as well",
                   rule.rate_bytes == 0 ? "add 'throttle: {rate: 1MiB/s}'"
                                        : "write a block rule with the budget, which is asked first");
        return false;
    }
    if (rule.action != Action::kThrottle && rule.rate_bytes > 0) {
        report.add(*node.find("throttle"), "'throttle' belongs to a rule of action throttle",
                   "write 'action: throttle', or remove it");
        return false;
    }
    const bool refuses = rule.action != Action::kAllow && rule.action != Action::kAlert;
    if (refuses && rule.message.empty()) {
        report.add(node, "a " + std::string(to_string(rule.action)) + " rule has no 'message'",
                   "tell the person who is stopped what happened and what to do");
        return false;
    }
    return true;
}

}  // namespace

bool parse_extension(Reporter& report, const YamlNode& node, const Vocabulary& vocabulary, ParsedRule& rule) {
    constexpr std::array<std::string_view, 7> kKeys{"action",  "priority",   "budget", "throttle",
                                                    "message", "exceptions", "tests"};
    constexpr std::array<std::string_view, 1> kRequired{"action"};
    bool good = check_map(report, node, "'modelward'", kKeys, kRequired);
    if (!node.is_map()) return false;
    if (const YamlNode* action = node.find("action")) good = parse_action(report, *action, rule) && good;
    if (const YamlNode* priority = node.find("priority")) {
        const auto number = check_number(report, *priority, "'priority'", 0, kMaxPriority);
        if (number) rule.priority = static_cast<int>(*number);
        good = number.has_value() && good;
    }
    if (const YamlNode* budget = node.find("budget")) good = parse_budget(report, *budget, rule) && good;
    if (const YamlNode* throttle = node.find("throttle"))
        good = parse_throttle(report, *throttle, rule) && good;
    if (const YamlNode* message = node.find("message")) {
        const bool valid = check_text(report, *message, "'message'", kMaxMessageBytes);
        rule.message = message->text;
        good = valid && good;
    }
    if (const YamlNode* list = node.find("exceptions")) good = parse_exceptions(report, *list) && good;
    if (const YamlNode* tests = node.find("tests"))
        good = parse_tests(report, *tests, vocabulary, rule) && good;
    return good && check_action(report, node, rule);
}

}  // namespace modelward::rules
