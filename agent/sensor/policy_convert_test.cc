// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/policy_convert.h"

#include <gtest/gtest.h>

#include "rules/domain.h"

namespace modelward::agent {

namespace {

rules::CompiledPolicy small_policy() {
    rules::CompiledPolicy policy;
    policy.classes = {{"internal", 1000}, {"restricted", 10}};
    policy.rules = {{"id-0", "", rules::Level::kHigh, rules::Action::kBlock, 5, 60, ""},
                    {"id-1", "", rules::Level::kHigh, rules::Action::kAlert, 0, 0, ""}};
    policy.class_rules[0].set(0);
    policy.class_rules[1].set(0).set(200);
    for (auto& kind : policy.kind_rules)
        kind.set(1);
    policy.kind_rules[3].set(0);
    return policy;
}

TEST(PolicyConvert, BitsKeepTheirNumbers) {
    const auto converted = convert_policy(small_policy(), 7);
    ASSERT_TRUE(converted);
    EXPECT_EQ(converted->policy.version, 7u);
    EXPECT_EQ(converted->policy.class_rules[1].words[0], 1u);
    EXPECT_EQ(converted->policy.class_rules[1].words[3], std::uint64_t{1} << (200 - 192));
    EXPECT_EQ(converted->policy.min_flow[1], 10u);
}

TEST(PolicyConvert, AMinFlowThatNothingReachesStaysOneThatIsCompared) {
    auto policy = small_policy();
    policy.classes[1].min_flow_bytes = ~std::uint64_t{0};
    EXPECT_EQ(convert_policy(policy, 7)->policy.min_flow[1], MODELWARD_MAX_MIN_FLOW);
}

TEST(PolicyConvert, WithoutClassOrKindOnlyRulesThatAskForNoneAreSatisfied) {
    const auto converted = convert_policy(small_policy(), 7);
    EXPECT_EQ(converted->policy.no_class_rules.words[0], 1u);  // in both classes
    EXPECT_EQ(converted->policy.no_class_rules.words[3], 0u);
    EXPECT_EQ(converted->policy.no_kind_rules.words[0], 2u);
    const auto empty = convert_policy({}, 1);
    EXPECT_EQ(empty->policy.no_class_rules.words[0], 0u);
}

TEST(PolicyConvert, RulesKeepActionBudgetAndWindow) {
    const auto converted = convert_policy(small_policy(), 7);
    const auto& rule = converted->policy.rules[0];
    EXPECT_EQ(rule.action, kernel::kActionBlock);
    EXPECT_EQ(rule.budget, 5u);
    EXPECT_EQ(rule.window_seconds, 60u);
    EXPECT_EQ(rule.identity, rule_identity("id-0"));
    EXPECT_NE(rule.identity, converted->policy.rules[1].identity);
}

TEST(PolicyConvert, ABudgetBeyondTheMeterIsTheMetersLargest) {
    auto policy = small_policy();
    policy.rules[0].budget_bytes = ~std::uint64_t{0};
    EXPECT_EQ(convert_policy(policy, 1)->policy.rules[0].budget, MODELWARD_MAX_BUDGET);
}

TEST(PolicyConvert, TheIdentityOfARuleNeverChanges) {
    // Meters of running machines are kept under it. FNV-1a's published values.
    EXPECT_EQ(rule_identity(""), 0xcbf29ce484222325u);
    EXPECT_EQ(rule_identity("a"), 0xaf63dc4c8601ec8cu);
}

TEST(PolicyConvert, DestinationsPortsAndUsersKeepTheirKeys) {
    auto policy = small_policy();
    rules::DestinationRules destination{{0x20, 0x01}, 16, {}};
    destination.rules.set(1);
    policy.destinations = {destination};
    policy.port_rules[443].set(1);
    policy.user_rules[1000].set(0);
    const auto converted = convert_policy(policy, 1);
    ASSERT_EQ(converted->destinations.size(), 1u);
    EXPECT_EQ(converted->destinations[0].first.prefix_length, 16u);
    EXPECT_EQ(converted->destinations[0].first.address[1], 0x01);
    EXPECT_EQ(converted->destinations[0].second.rules.words[0], 2u);
    EXPECT_NE(converted->destinations[0].second.group, 0u);
    EXPECT_EQ(converted->ports[0].first, 443u);
    EXPECT_EQ(converted->users[0].first, 1000u);
}

TEST(PolicyConvert, NamesKeepTheirReversedBytesAndTheNulThatEndsThem) {
    auto policy = small_policy();
    rules::RuleSet set;
    set.set(1);
    policy.domains = {{rules::whole_name("a.b"), set, set << 1}, {rules::names_below("b"), {}, {}}};
    policy.other_domain_rules.set(0);
    policy.asks_for_names = true;
    const auto converted = convert_policy(policy, 1);
    ASSERT_TRUE(converted);
    EXPECT_EQ(converted->policy.asks_for_names, 1u);
    EXPECT_EQ(converted->policy.other_domain_rules.words[0], 1u);
    const auto& [whole, rules] = converted->domains[0];
    EXPECT_EQ(whole.prefix_length, 8u * 4);
    EXPECT_STREQ(reinterpret_cast<const char*>(whole.bytes), "b.a");
    EXPECT_EQ(rules.said.words[0], 2u);
    EXPECT_EQ(rules.answered.words[0], 4u);
    EXPECT_EQ(converted->domains[1].first.prefix_length, 8u * 2);
    EXPECT_NE(rules.group, converted->domains[1].second.group);
    policy.domains = {{std::string(257, 'a'), {}, {}}};
    EXPECT_FALSE(convert_policy(policy, 1));
}

TEST(PolicyConvert, WhatDoesNotFitIsRefusedAndNotCut) {
    auto rules = small_policy();
    rules.rules.resize(kernel::kRules + 1);
    EXPECT_EQ(convert_policy(rules, 1).error().code(), ErrorCode::kLimit);
    auto classes = small_policy();
    classes.classes.resize(kernel::kClasses + 1);
    EXPECT_EQ(convert_policy(classes, 1).error().code(), ErrorCode::kLimit);
    auto destinations = small_policy();
    destinations.destinations.resize(kernel::kMaxDestinations + 1);
    EXPECT_EQ(convert_policy(destinations, 1).error().code(), ErrorCode::kLimit);
    auto prefix = small_policy();
    prefix.destinations = {{{}, 129, {}}};
    EXPECT_EQ(convert_policy(prefix, 1).error().code(), ErrorCode::kInvalid);
}

}  // namespace

}  // namespace modelward::agent
