// SPDX-License-Identifier: Apache-2.0
#include "rules/evaluate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "rules/testing/rule_text.h"

namespace modelward::rules {
namespace {

using testing::pack_of;
using testing::RuleText;

constexpr std::uint16_t kInternal = 1U << 1;
constexpr std::uint16_t kRestricted = 1U << 3;
constexpr std::uint8_t kWeights = 1;

RuleText numbered(int number, RuleText rule) {
    rule.id = "00000000-0000-4000-8000-00000000000" + std::to_string(number);
    return rule;
}

CompiledPolicy policy_of(const std::vector<RuleText>& rules) {
    const Pack pack = pack_of(rules);
    EXPECT_EQ(testing::problems_of(pack), "");
    return load_policy(pack).policy;
}

Facts network(const char* address) {
    return {Operation::kNetwork, kRestricted, kWeights, *parse_address(address), 443, 1000};
}

constexpr const char* kNotApproved =
    "  s: {artifact.class: restricted, sink.kind: network}\n  approved: {destination.ip|expand: "
    "'%approved%'}\n"
    "  condition: s and not approved\n";

TEST(Evaluate, TheOrderIsAllowKillBlockThrottleAlert) {
    constexpr const char* kNetwork = "  s: {sink.kind: network}\n  condition: s\n";
    const CompiledPolicy policy = policy_of({numbered(1, {.title = "A", .action = "alert"}),
                                             numbered(2, {.title = "A",
                                                          .action = "throttle",
                                                          .extension = "  throttle: {rate: 1MiB/s}\n",
                                                          .detection = kNetwork}),
                                             numbered(3, {.title = "A", .action = "block"}),
                                             numbered(4, {.title = "A", .action = "kill"}),
                                             numbered(5, {.title = "A", .action = "allow"})});
    std::string order;
    for (const KernelRule& rule : policy.rules)
        order += std::string(to_string(rule.action)) + " ";
    EXPECT_EQ(order, "allow kill block throttle alert ");
    EXPECT_EQ(policy.rules[3].rate_bytes, 1ULL << 20);
}

TEST(Evaluate, AProgramIsComparedByItsWholePath) {
    const CompiledPolicy policy = policy_of(
        {RuleText{.detection = "  s: {artifact.class: restricted, process.executable: [/usr/bin/scp, "
                               "/usr/bin/rsync]}\n  condition: s\n"}});
    Facts facts{Operation::kRemovable, kRestricted, kWeights, {}, 0, 0, "/usr/bin/rsync"};
    EXPECT_EQ(evaluate(policy, facts, 1).action, Action::kBlock);
    facts.program = "/home/mallory/rsync";
    EXPECT_EQ(evaluate(policy, facts, 1).action, Action::kAllow);
}

TEST(Evaluate, AScriptIsBesideItsInterpreter) {
    const CompiledPolicy policy = policy_of(
        {numbered(1, {.title = "A",
                      .action = "block",
                      .detection = "  s: {artifact.class: restricted, process.executable: /opt/export.py}\n"
                                   "  condition: s\n"}),
         numbered(2, {.title = "B",
                      .action = "kill",
                      .detection = "  s: {artifact.class: restricted}\n"
                                   "  backup: {process.executable: /opt/backup.sh}\n"
                                   "  condition: s and not backup\n"})});
    Facts facts{Operation::kRemovable, kRestricted, kWeights, {}, 0, 0, "/usr/bin/python3"};
    const auto decided = [&] { return evaluate(policy, facts, 1).action; };
    EXPECT_EQ(decided(), Action::kKill);
    facts.script = "/opt/export.py";
    EXPECT_EQ(decided(), Action::kKill) << "both rules hold, kill goes first";
    facts.script = "/opt/backup.sh";
    EXPECT_EQ(decided(), Action::kAllow) << "excluded by one of its names";
    facts.program = "/opt/export.py";
    EXPECT_EQ(decided(), Action::kBlock) << "asked for by one of its names";
}

TEST(Evaluate, APackageIsANameOfItsOwn) {
    const CompiledPolicy policy = policy_of({RuleText{
        .detection = "  s: {artifact.class: restricted, process.package: borgbackup}\n  condition: s\n"}});
    Facts facts{Operation::kRemovable, kRestricted, kWeights, {}, 0, 0, "package:borgbackup"};
    EXPECT_EQ(evaluate(policy, facts, 1).action, Action::kBlock);
    facts.program = "/usr/bin/borg";
    EXPECT_EQ(evaluate(policy, facts, 1).action, Action::kAllow) << "only a host knows whose package it is";
}

TEST(Evaluate, AllowGoesBeforeBlockAndBlockBeforeAlert) {
    const CompiledPolicy policy =
        policy_of({numbered(1, {.title = "C", .action = "alert", .extension = "  priority: 0\n"}),
                   numbered(2, {.title = "B", .action = "block", .extension = "  priority: 1\n"}),
                   numbered(3, {.title = "A", .action = "allow", .extension = "  priority: 2\n"})});
    EXPECT_EQ(policy.rules[0].title, "A");
    EXPECT_EQ(policy.rules[1].title, "B");
    EXPECT_EQ(policy.rules[2].title, "C");
}

TEST(Evaluate, TheLowerPriorityNumberGoesFirstThenTitleThenId) {
    const CompiledPolicy policy =
        policy_of({numbered(3, {.title = "B"}), numbered(2, {.title = "B"}), numbered(4, {.title = "A"}),
                   numbered(1, {.title = "Z", .extension = "  priority: 99\n"})});
    std::string order;
    for (const KernelRule& rule : policy.rules)
        order += rule.rule_id.back();
    EXPECT_EQ(order, "1423");
}

TEST(Evaluate, NoRuleLetsThrough) {
    const CompiledPolicy policy = policy_of({RuleText{}});
    const Facts internal{Operation::kRemovable, kInternal, kWeights, {}, 0, 0};
    EXPECT_EQ(evaluate(policy, internal, 1), Decision{});
}

TEST(Evaluate, AThingOfSeveralClassesSatisfiesTheirUnion) {
    const CompiledPolicy policy = policy_of({RuleText{}});
    const Facts both{Operation::kRemovable, kInternal | kRestricted, kWeights, {}, 0, 0};
    EXPECT_EQ(evaluate(policy, both, 1), (Decision{0, Action::kBlock, false}));
}

TEST(Evaluate, ABudgetLetsThroughUntilItIsPassed) {
    const CompiledPolicy policy = policy_of(
        {numbered(1,
                  {.title = "Budget", .extension = "  budget: {bytes: 1KiB}\n", .detection = kNotApproved}),
         numbered(2, {.title = "Alert", .action = "alert", .detection = kNotApproved})});
    EXPECT_EQ(evaluate(policy, network("192.0.2.1"), 1024), (Decision{0, Action::kAllow, true}))
        << "no later rule is asked while the budget lasts";
    EXPECT_EQ(evaluate(policy, network("192.0.2.1"), 1025), (Decision{0, Action::kBlock, false}));
}

TEST(Evaluate, WithoutABudgetTheFirstByteCounts) {
    const CompiledPolicy policy = policy_of({RuleText{.detection = kNotApproved}});
    EXPECT_EQ(evaluate(policy, network("192.0.2.1"), 0).action, Action::kBlock);
}

TEST(Evaluate, TheLongestPrefixCarriesTheCompleteRules) {
    const CompiledPolicy policy = policy_of(
        {numbered(1, {.title = "1 not approved", .detection = kNotApproved}),
         numbered(2, {.title = "2 one host",
                      .detection = "  s: {sink.kind: network, destination.ip: 10.1.2.3}\n  condition: s\n"}),
         numbered(3, {.title = "3 anywhere", .action = "alert"})});
    EXPECT_EQ(evaluate(policy, network("192.0.2.1"), 1).rule, 0U);
    EXPECT_EQ(evaluate(policy, network("10.1.2.3"), 1).rule, 1U);
    EXPECT_EQ(evaluate(policy, network("10.1.2.4"), 1).rule, 2U);
    EXPECT_EQ(evaluate(policy, network("::1"), 1).rule, 2U);
    const auto is_default = [](const DestinationRules& row) { return row.prefix_length == 0; };
    EXPECT_EQ(std::ranges::count_if(policy.destinations, is_default), 1);
}

TEST(Evaluate, AnEmptyListApprovesNobody) {
    Pack pack = pack_of(RuleText{.detection = kNotApproved});
    pack.lists[0].text = "name: approved\nkind: destinations\nvalues: []\n";
    EXPECT_EQ(evaluate(load_policy(pack).policy, network("10.0.0.1"), 1).action, Action::kBlock);
}

TEST(Evaluate, ReadingIsAskedOfAccessRulesOnly) {
    const CompiledPolicy policy =
        policy_of({numbered(1, {.title = "Egress"}),
                   numbered(2, {.title = "Read", .category = "access", .action = "alert"})});
    EXPECT_EQ(evaluate(policy, {Operation::kRead, kRestricted, kWeights, {}, 0, 0}, 0).rule, 1U);
    EXPECT_EQ(evaluate(policy, {Operation::kRemovable, kRestricted, kWeights, {}, 0, 0}, 0).rule, 0U);
}

TEST(Evaluate, ARuleThatDoesNotAskForClassesHoldsForClassesOfLaterPacksToo) {
    const CompiledPolicy policy =
        policy_of({RuleText{.detection = "  s: {sink.kind: removable}\n  condition: s\n"}});
    EXPECT_EQ(evaluate(policy, {Operation::kRemovable, 1U << 15, kWeights, {}, 0, 0}, 1).action,
              Action::kBlock);
}

}  // namespace
}  // namespace modelward::rules
