// SPDX-License-Identifier: Apache-2.0
#include "agent/enrich/guard_report.h"

#include <gtest/gtest.h>

#include <set>

namespace modelward::agent {
namespace {

TEST(GuardReportTest, EveryOperationOfTheGuardHasAWordOfItsOwn) {
    std::set<std::string_view> words;
    constexpr auto kFirst = static_cast<int>(GuardOperation::kKill),
                   kLast = static_cast<int>(GuardOperation::kLimit);
    for (int operation = kFirst; operation <= kLast; ++operation) {
        KernelEvent event;
        event.operation = static_cast<decltype(event.operation)>(operation);
        words.insert(guard_operation(event));
    }
    EXPECT_EQ(words.size(), std::size_t{kLast} - kFirst + 1);
    EXPECT_FALSE(words.contains("tamper"));
}

TEST(GuardReportTest, AnAgentThatEndedIsAnIncidentOfTheGuardsRule) {
    KernelEvent refused;
    wire::Event tampering;
    fill_guard_rule(refused, tampering);
    const auto event = agent_ended_event(77, 1'700'000'000'000'000'000, 9);
    EXPECT_EQ(event.kind(), wire::EVENT_KIND_VERDICT);
    EXPECT_EQ(event.verdict(), wire::VERDICT_ALERT);  // nothing was refused
    EXPECT_EQ(event.count(), 1U);
    EXPECT_EQ(event.operation(), "ended");
    EXPECT_EQ(event.rule().id(), tampering.rule().id());
    EXPECT_EQ(event.rule().title(), tampering.rule().title());
    EXPECT_EQ(event.rule().level(), "high");
    EXPECT_EQ(event.rule().bundle_version(), 9U);
    EXPECT_EQ(event.reason(), event.rule().message());
}

// Or two ends would be one incident: its key is the rule and the process.
TEST(GuardReportTest, EachEndIsOfTheProcessThatEnded) {
    const auto event = agent_ended_event(77, 1'700'000'000'000'000'000, 9);
    EXPECT_EQ(event.process().pid(), 77U);
    EXPECT_EQ(event.process().start_unix_ns(), 1'700'000'000'000'000'000);
}

}  // namespace
}  // namespace modelward::agent
