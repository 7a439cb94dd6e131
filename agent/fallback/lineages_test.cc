// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/lineages.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>

namespace modelward::agent {
namespace {

std::optional<ProcessView> view_of_a_child_that_ends() {
    const pid_t child = ::fork();
    if (child == 0) {
        ::pause();
        ::_exit(0);
    }
    return view_process(child);
}

void end(const ProcessView& child) {
    ::kill(child.pid, SIGKILL);
    ::waitpid(child.pid, nullptr, 0);
}

TEST(Lineages, OfWhoIsGoneAreAsTheyWereWhenRemembered) {
    Lineages lineages;
    const auto child = view_of_a_child_that_ends();
    ASSERT_TRUE(child);
    lineages.remember(*child);
    end(*child);
    const auto parents = lineages.of(child->pid, child->start_boot_ns);
    ASSERT_FALSE(parents.empty());
    EXPECT_EQ(parents.front().pid, ::getpid());
    EXPECT_LE(parents.size(), kernel::kAncestors);
}

TEST(Lineages, AreNotThoseOfAnotherProcessWithTheNumber) {
    Lineages lineages;
    const auto self = view_process(::getpid());
    ASSERT_TRUE(self);
    lineages.remember(*self);
    EXPECT_FALSE(lineages.of(self->pid, self->start_boot_ns + 5).empty()) << "the kernel's clock is finer";
    EXPECT_TRUE(lineages.of(self->pid, self->start_boot_ns + 1'000'000'000).empty());
    EXPECT_TRUE(lineages.of(self->pid + 1, self->start_boot_ns).empty());
}

TEST(Lineages, AreBoundedAndTheOldestGiveWay) {
    Lineages lineages;
    ProcessView view;
    view.parent = ::getpid();
    for (view.pid = 1; view.pid <= static_cast<pid_t>(kMostLineages) + 1; ++view.pid)
        lineages.remember(view);
    EXPECT_TRUE(lineages.of(1, 0).empty());
    EXPECT_FALSE(lineages.of(2, 0).empty());
    EXPECT_FALSE(lineages.of(static_cast<pid_t>(kMostLineages) + 1, 0).empty());
}

}  // namespace
}  // namespace modelward::agent
