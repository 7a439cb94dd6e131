// SPDX-License-Identifier: Apache-2.0
// Conditions to kernel rules: how many they become, and what is refused because it cannot be enforced as
// written.
#include <gtest/gtest.h>

#include "rules/testing/rule_text.h"

namespace modelward::rules {
namespace {

using testing::pack_of;
using testing::problems_of;
using testing::RuleText;

std::size_t kernel_rules(const std::string& detection) {
    const CheckedPolicy checked = load_policy(pack_of(RuleText{.detection = detection}));
    EXPECT_EQ(problems_of(RuleText{.detection = detection}), "");
    return checked.policy.rules.size();
}

TEST(Expand, AlternativesOfOneFieldAreOneKernelRule) {
    EXPECT_EQ(kernel_rules("  a: {user.id: 0}\n  b: {user.id: 7}\n  condition: a or b\n"), 1U);
    EXPECT_EQ(kernel_rules(
                  "  s:\n    - {artifact.class: public}\n    - {artifact.class: internal}\n  condition: s\n"),
              1U);
    EXPECT_EQ(
        kernel_rules(
            "  s: {artifact.class: restricted}\n  f: {artifact.kind: code}\n  condition: s and not f\n"),
        1U);
}

TEST(Expand, AlternativesOfDifferentFieldsAreSeveral) {
    EXPECT_EQ(kernel_rules("  a: {user.id: 0}\n  b: {artifact.class: restricted}\n  condition: a or b\n"),
              2U);
    EXPECT_EQ(kernel_rules("  a: {user.id: 0}\n  b: {artifact.kind: code}\n  condition: not (a and b)\n"),
              2U);
}

TEST(Expand, SplitRulesShareTheirIdAndSoTheirMeter) {
    const CheckedPolicy checked = load_policy(pack_of(RuleText{
        .extension = "  budget: {bytes: 1KiB}\n",
        .detection = "  a: {user.id: 0}\n  b: {artifact.class: restricted}\n  condition: a or b\n"}));
    ASSERT_EQ(checked.policy.rules.size(), 2U);
    EXPECT_EQ(checked.policy.rules[0].rule_id, checked.policy.rules[1].rule_id);
}

TEST(Expand, RefusesToNegateASelectionOfSeveralFields) {
    EXPECT_EQ(problems_of(RuleText{.detection = "  s: {artifact.class: restricted}\n"
                                                "  filter: {user.id: 0, artifact.kind: code}\n"
                                                "  condition: s and not filter\n"}),
              "rule-1.yaml:13:24: condition negates 'filter', which tests several fields: user.id and "
              "artifact.kind "
              "(give each field a selection of its own (filter_1, filter_2) and write '(not filter_1 or not "
              "filter_2)')");
}

TEST(Expand, RefusesADestinationOfASinkThatHasNone) {
    EXPECT_EQ(
        problems_of(RuleText{.detection = "  s:\n    artifact.class: restricted\n    destination.port: 22\n"
                                          "  condition: s\n"}),
        "rule-1.yaml:13:5: 'destination.port' is asked of a sink that may have no destination "
        "(add 'sink.kind: network' to the selection)");
    EXPECT_EQ(kernel_rules("  s: {destination.port: 22}\n  r: {sink.kind: [removable, bluetooth, device]}\n  "
                           "condition: s and not r\n"),
              1U);
}

TEST(Expand, RefusesAConditionThatCanNeverHold) {
    EXPECT_EQ(
        problems_of(RuleText{.detection = "  a: {user.id: 0}\n  b: {user.id: 7}\n  condition: a and b\n"}),
        "rule-1.yaml:13:14: condition can never hold (one value of a field excludes another: use 'or')");
}

// a_i or b_j over different fields, multiplied: 17 * 17 different pairs of user and port.
TEST(Expand, RefusesAConditionOfMoreKernelRulesThanThereAre) {
    std::string left = "  net: {sink.kind: network}\n  a:\n";
    std::string right = "  b:\n";
    for (int i = 0; i < 17; ++i) {
        left +=
            "    - {user.id: " + std::to_string(i) + ", destination.ip: 192.0.2." + std::to_string(i) + "}\n";
        right += "    - {destination.port: " + std::to_string(i) + ", destination.ip|cidr: 10." +
                 std::to_string(i) + ".0.0/16}\n";
    }
    EXPECT_EQ(problems_of(RuleText{.detection = left + right + "  condition: net and a and b\n"}),
              "rule-1.yaml:48:14: condition becomes more than 256 kernel rules (use fewer alternatives, or "
              "several rules)");
}

TEST(Expand, RefusesAPackOfMoreKernelRulesThanThereAre) {
    std::vector<RuleText> rules;
    for (int i = 0; i < 257; ++i) {
        const std::string number = std::to_string(1000 + i);
        rules.push_back({.title = "Rule " + number, .id = "00000000-0000-4000-8000-00000000" + number});
    }
    EXPECT_EQ(problems_of(pack_of(rules)),
              "rule-257.yaml:13:14: the pack becomes more than 256 kernel rules (use fewer rules or fewer "
              "alternatives)");
    rules.pop_back();
    EXPECT_EQ(problems_of(pack_of(rules)), "");
}

TEST(Expand, RefusesMorePortsThanTheKernelsTableHolds) {
    std::vector<RuleText> rules;
    for (int rule = 0; rule < 5; ++rule) {
        std::string ports;
        for (int i = 0; i < 1024; ++i)
            ports += (i == 0 ? "" : ", ") + std::to_string(rule * 1024 + i);
        rules.push_back(
            {.id = "00000000-0000-4000-8000-00000000000" + std::to_string(rule),
             .detection = "  s: {sink.kind: network, destination.port: [" + ports + "]}\n  condition: s\n"});
    }
    EXPECT_EQ(problems_of(pack_of(rules)),
              "rules: the rules name more than 4096 different ports (name fewer)");
    rules.pop_back();
    EXPECT_EQ(problems_of(pack_of(rules)), "");
}

}  // namespace
}  // namespace modelward::rules
