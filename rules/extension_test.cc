// SPDX-License-Identifier: Apache-2.0
// One test for each thing that can be wrong with the modelward block. Its further lines start in line 10.
#include <gtest/gtest.h>

#include "rules/limits.h"
#include "rules/testing/rule_text.h"

namespace modelward::rules {
namespace {

using testing::problems_of;
using testing::RuleText;

std::string with_lines(const std::string& lines) {
    return problems_of(RuleText{.extension = lines});
}

TEST(Extension, AcceptsEveryKey) {
    EXPECT_EQ(with_lines(
                  "  priority: 10\n  budget: {bytes: 256KiB, window: 24h}\n"
                  "  exceptions:\n    - {owner: ml-platform, reason: backups, expires: 2026-12-31}\n"
                  "  tests:\n    - name: t\n      facts: {artifact.class: restricted, sink.kind: removable}\n"
                  "      expect: block\n"),
              "");
}

TEST(Extension, NamesAnUnknownKey) {
    EXPECT_EQ(with_lines("  budgets: {bytes: 1KiB}\n"),
              "rule-1.yaml:10:3: unknown key 'budgets' in 'modelward' (did you mean 'budget'?)");
}

TEST(Extension, NamesAnUnknownAction) {
    EXPECT_EQ(problems_of(RuleText{.action = "deny"}),
              "rule-1.yaml:8:11: unknown value 'deny' for 'action' (use one of: allow, alert, block, "
              "throttle, kill)");
}

TEST(Extension, ABudgetSaysWhoseItIs) {
    EXPECT_EQ(with_lines("  budget: {bytes: 1KiB, per: [user, artifact, program]}\n"), "");
    EXPECT_EQ(
        with_lines("  budget: {bytes: 1KiB, per: host}\n"),
        "rule-1.yaml:10:30: unknown value 'host' for 'per' (use one of: user, artifact, class, program, "
        "destination-group)");
    EXPECT_EQ(with_lines("  budget: {bytes: 1KiB, per: [class, artifact]}\n"),
              "rule-1.yaml:10:30: 'per' has artifact and class: an artifact has one class (remove 'class')");
    EXPECT_EQ(with_lines("  budget: {bytes: 1KiB, per: destination-group}\n"),
              "rule-1.yaml:14:14: a budget per destination-group belongs to a rule that holds for a sink "
              "without destination (add 'sink.kind: network' to a selection)");
}

constexpr const char* kToTheNetwork =
    "  s: {artifact.class: restricted, sink.kind: network}\n  condition: s\n";

TEST(Extension, AThrottleHasARateAndASinkThatIsSentTo) {
    const auto throttle = [](const std::string& lines, const std::string& detection = kToTheNetwork) {
        return problems_of(RuleText{.action = "throttle", .extension = lines, .detection = detection});
    };
    EXPECT_EQ(throttle("  throttle: {rate: 1MiB/s}\n"), "");
    EXPECT_EQ(throttle(""),
              "rule-1.yaml:8:3: a throttle rule has no 'throttle' (add 'throttle: {rate: 1MiB/s}')");
    EXPECT_EQ(throttle("  throttle: {rate: 1MiB}\n"),
              "rule-1.yaml:10:20: 'rate' must be from 1KiB/s to 16GiB/s, not '1MiB' (write it like 1MiB/s)");
    EXPECT_EQ(
        throttle("  throttle: {rate: 1MiB/s}\n  budget: {bytes: 1KiB}\n"),
        "rule-1.yaml:8:3: a throttle rule has a rate and cannot have a budget as well (write a block rule "
        "with the budget, which is asked first)");
    EXPECT_EQ(throttle("  throttle: {rate: 1MiB/s}\n", "  s: {sink.kind: removable}\n  condition: s\n"),
              "rule-1.yaml:13:14: a throttle rule holds for a sink whose bytes are not sent in pieces (add "
              "'sink.kind: network' or 'sink.kind: bluetooth' to a selection, or use block)");
    EXPECT_EQ(
        with_lines("  throttle: {rate: 1MiB/s}\n"),
        "rule-1.yaml:10:13: 'throttle' belongs to a rule of action throttle (write 'action: throttle', or "
        "remove it)");
}

TEST(Extension, WhoeverIsStoppedIsToldWhy) {
    Pack pack = testing::pack_of(RuleText{.action = "kill"});
    std::string& text = pack.rules[0].text;
    const std::size_t message = text.find("  message:");
    text.erase(message, text.find('\n', message) + 1 - message);
    EXPECT_EQ(problems_of(pack),
              "rule-1.yaml:8:3: a kill rule has no 'message' (tell the person who is stopped "
              "what happened and what to do)");
}

TEST(Extension, RefusesAPriorityOutOfRange) {
    EXPECT_EQ(with_lines("  priority: 1001\n"),
              "rule-1.yaml:10:13: 'priority' must be a number from 0 to 1000, not '1001'");
    EXPECT_EQ(with_lines("  priority: high\n"),
              "rule-1.yaml:10:13: 'priority' must be a number from 0 to 1000, not 'high'");
}

TEST(Extension, RefusesABudgetThatIsNoNumberOfBytes) {
    EXPECT_EQ(with_lines("  budget: {bytes: 256KB}\n"),
              "rule-1.yaml:10:19: 'bytes' must be a number of bytes, not '256KB' (write it like 256KiB, 1MiB "
              "or 0)");
    EXPECT_EQ(with_lines("  budget: {window: 24h}\n"),
              "rule-1.yaml:10:11: 'budget' has no 'bytes' (add 'bytes:')");
}

TEST(Extension, RefusesABudgetThatNoMeterHolds) {
    EXPECT_EQ(with_lines("  budget: {bytes: 1023GiB}\n"), "");
    EXPECT_EQ(with_lines("  budget: {bytes: 1TiB}\n"),
              "rule-1.yaml:10:19: a budget of '1TiB' is more than a meter holds (below 1TiB) "
              "(lower it, or write an alert rule without a budget)");
}

TEST(Extension, RefusesAWindowThatIsNoSpanOfTime) {
    for (const std::string window : {"1 day", "0s", "367d"}) {
        EXPECT_EQ(with_lines("  budget: {bytes: 1KiB, window: " + window + "}\n"),
                  "rule-1.yaml:10:33: 'window' must be a span of time up to 366d, not '" + window +
                      "' (write it like 90s, 30m, 24h or 7d)");
    }
}

TEST(Extension, RefusesABudgetForReading) {
    EXPECT_EQ(problems_of(RuleText{.category = "access", .extension = "  budget: {bytes: 1KiB}\n"}),
              "rule-1.yaml:10:11: a rule of category access cannot have a budget: reading is judged when the "
              "file is "
              "opened, before any byte (remove 'budget', or use category egress)");
}

TEST(Extension, RefusesABudgetForAllow) {
    EXPECT_EQ(problems_of(RuleText{.action = "allow", .extension = "  budget: {bytes: 1KiB}\n"}),
              "rule-1.yaml:10:11: an allow rule cannot have a budget: beyond it the bytes would be let "
              "through as well "
              "(write a block rule with the budget)");
}

TEST(Extension, NeedsAMessageToBlock) {
    Pack pack = testing::pack_of(RuleText{});
    std::string& text = pack.rules[0].text;
    text.erase(text.find("  message: Stopped.\n"), 20);
    EXPECT_EQ(problems_of(pack),
              "rule-1.yaml:8:3: a block rule has no 'message' "
              "(tell the person who is stopped what happened and what to do)");
}

TEST(Extension, RefusesAnExceptionThatNobodyAnswersFor) {
    EXPECT_EQ(with_lines("  exceptions: [{reason: r, expires: 2026-12-31}]\n"),
              "rule-1.yaml:10:16: an exception has no 'owner' (add 'owner:')");
}

TEST(Extension, RefusesAnExceptionWithoutAnEnd) {
    EXPECT_EQ(with_lines("  exceptions: [{owner: o, reason: r, expires: never}]\n"),
              "rule-1.yaml:10:47: 'expires' must be a date, not 'never' (write it like 2026-01-31)");
}

TEST(Extension, RefusesMoreTestsThanItsLimit) {
    std::string tests = "  tests:\n";
    for (std::size_t i = 0; i <= kMaxRuleTests; ++i) {
        tests +=
            "    - {name: t, expect: block, facts: {artifact.class: restricted, sink.kind: removable}}\n";
    }
    EXPECT_EQ(with_lines(tests), "rule-1.yaml:11:5: more than 32 tests (keep those that differ)");
}

}  // namespace
}  // namespace modelward::rules
