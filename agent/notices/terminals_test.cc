// SPDX-License-Identifier: Apache-2.0
#include "agent/notices/terminals.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "agent/enrich/user_names.h"
#include "base/unique_fd.h"

namespace modelward::agent {
namespace {

using Outcome = Terminals::Outcome;
using std::chrono::seconds;

std::uint64_t start_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    const std::string stat(std::istreambuf_iterator<char>(file), {});
    std::istringstream fields(stat.substr(stat.rfind(')') + 2));
    std::string field;
    for (int number = 3; number <= 22; ++number)
        fields >> field;
    return std::stoull(field) * (1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK)));
}

// A process that waits on a terminal of its own.
struct TerminalsTest : ::testing::Test {
    UniqueFd master, slave;
    pid_t child = 0;
    Terminals terminals;
    Terminals::Clock::time_point now = Terminals::Clock::now();

    void SetUp() override {
        int ours = -1, theirs = -1, ready[2];
        ASSERT_EQ(::openpty(&ours, &theirs, nullptr, nullptr, nullptr), 0);
        master = UniqueFd(ours);
        slave = UniqueFd(theirs);
        ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
        child = ::fork();
        if (child == 0) {
            ::setsid();
            ::ioctl(theirs, TIOCSCTTY, 0);
            static_cast<void>(!::write(ready[1], "r", 1));
            ::pause();
            ::_exit(0);
        }
        char byte = 0;
        ASSERT_EQ(::read(ready[0], &byte, 1), 1);
        ::close(ready[0]);
        ::close(ready[1]);
    }
    void TearDown() override { end_child(); }
    void end_child() {
        if (child <= 0) return;
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        child = 0;
    }
    KernelProcess waiting() const {
        KernelProcess process;
        process.pid = static_cast<std::uint32_t>(child);
        process.start_boot_ns = start_of(child);
        process.uid = ::getuid();
        process.login_uid = kNoUser;
        return process;
    }
    KernelEvent event() const {
        KernelEvent made;
        made.process = waiting();
        return made;
    }
    std::string shown() const {
        std::string text;
        for (pollfd ready{master.get(), POLLIN, 0}; ::poll(&ready, 1, 200) == 1 && ready.revents & POLLIN;) {
            std::array<char, 4096> bytes;
            const auto size = ::read(master.get(), bytes.data(), bytes.size());
            if (size <= 0) break;
            text.append(bytes.data(), static_cast<std::size_t>(size));
        }
        return text;
    }
};

TEST_F(TerminalsTest, TheStoppedProcessesTerminalIsTold) {
    EXPECT_EQ(terminals.tell(event(), "t", "stopped\r\n", now), Outcome::kTold);
    EXPECT_NE(shown().find("stopped"), std::string::npos);
}

TEST_F(TerminalsTest, WhoIsGoneHasTheNearestLivingAncestorsTerminal) {
    auto gone = event();
    gone.ancestors = {{1u << 30, 5, 0, 0, "gone", "", {}}, waiting()};
    gone.process.start_boot_ns += 1'000'000'000;  // the number is another process's by now
    EXPECT_EQ(terminals.tell(gone, "t", "stopped\r\n", now), Outcome::kTold);
    EXPECT_NE(shown().find("stopped"), std::string::npos);
    gone.ancestors.pop_back();
    EXPECT_EQ(terminals.tell(gone, "u", "stopped\r\n", now), Outcome::kNoTerminal);
}

TEST_F(TerminalsTest, WhoEndedAndIsNotWaitedForHasTheNearestLivingAncestorsTerminal) {
    const pid_t ended = ::fork();
    if (ended == 0) ::_exit(0);
    siginfo_t ignored;
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(ended), &ignored, WEXITED | WNOWAIT), 0);
    auto made = event();
    made.ancestors = {waiting()};
    made.process.pid = static_cast<std::uint32_t>(ended);
    made.process.start_boot_ns = start_of(ended);
    EXPECT_EQ(terminals.tell(made, "t", "stopped\r\n", now), Outcome::kTold);
    ::waitpid(ended, nullptr, 0);
}

TEST_F(TerminalsTest, SomebodyElsesTerminalIsNotWrittenTo) {
    auto theirs = event();
    theirs.process.uid = ::getuid() + 1;
    EXPECT_EQ(terminals.tell(theirs, "t", "stopped\r\n", now), Outcome::kNotTheirs);
    EXPECT_EQ(shown(), "");
    theirs.process.login_uid = ::getuid();  // sudo: it is who logged in that sits there
    EXPECT_EQ(terminals.tell(theirs, "u", "stopped\r\n", now), Outcome::kTold);
}

TEST_F(TerminalsTest, WithoutAControllingTerminalNobodyIsTold) {
    const pid_t alone = ::fork();
    if (alone == 0) {
        ::setsid();
        ::pause();
        ::_exit(0);
    }
    while (::getsid(alone) != alone)
        ::usleep(1000);
    auto made = event();
    made.process.pid = static_cast<std::uint32_t>(alone);
    made.process.start_boot_ns = start_of(alone);
    EXPECT_EQ(terminals.tell(made, "t", "stopped\r\n", now), Outcome::kNoTerminal);
    ::kill(alone, SIGKILL);
    ::waitpid(alone, nullptr, 0);
}

TEST_F(TerminalsTest, TheSameAndManyAreHeldBackForAWhile) {
    EXPECT_EQ(terminals.tell(event(), "a", "a", now), Outcome::kTold);
    EXPECT_EQ(terminals.tell(event(), "a", "a", now), Outcome::kHeldBack);
    EXPECT_EQ(terminals.tell(event(), "b", "b", now), Outcome::kTold);
    EXPECT_EQ(terminals.tell(event(), "c", "c", now), Outcome::kTold);
    EXPECT_EQ(terminals.tell(event(), "d", "d", now), Outcome::kHeldBack);
    EXPECT_EQ(terminals.tell(event(), "d", "d", now + seconds(11)), Outcome::kTold);
    EXPECT_EQ(terminals.tell(event(), "a", "a", now + seconds(31)), Outcome::kTold);
}

TEST_F(TerminalsTest, AUserWhoIsStoppedInMassesIsNotLookedAtAndOthersAre) {
    auto flood = event();
    flood.process.start_boot_ns += 1'000'000'000;  // gone: each would be looked for
    flood.process.login_uid = ::getuid() + 1;
    for (std::size_t i = 0; i < kMostTellsOfOne; ++i)
        EXPECT_EQ(terminals.tell(flood, "t", "stopped", now), Outcome::kNoTerminal);
    EXPECT_EQ(terminals.tell(flood, "t", "stopped", now), Outcome::kHeldBack);
    EXPECT_EQ(terminals.tell(event(), "t", "stopped", now), Outcome::kTold);
    EXPECT_EQ(terminals.tell(flood, "t", "stopped", now + seconds(10)), Outcome::kNoTerminal);
}

TEST_F(TerminalsTest, ManyUsersAreBoundedTogether) {
    auto flood = event();
    flood.process.start_boot_ns += 1'000'000'000;
    for (std::uint32_t i = 0; i < kMostTells; ++i) {
        flood.process.login_uid = 100'000 + i;
        EXPECT_EQ(terminals.tell(flood, "t", "stopped", now), Outcome::kNoTerminal);
    }
    EXPECT_EQ(terminals.tell(event(), "t", "stopped", now), Outcome::kHeldBack);
    EXPECT_EQ(terminals.tell(event(), "t", "stopped", now + seconds(10)), Outcome::kTold);
}

TEST_F(TerminalsTest, ATerminalThatTakesNothingIsGivenUpAndNotWaitedFor) {
    ASSERT_EQ(::fcntl(slave.get(), F_SETFL, O_NONBLOCK), 0);
    const std::string filler(4096, 'x');
    while (::write(slave.get(), filler.data(), filler.size()) > 0)
        continue;
    EXPECT_EQ(terminals.tell(event(), "a", std::string(4096, 'a'), now), Outcome::kGivenUp);
    shown();  // it is read again, and left alone all the same
    EXPECT_EQ(terminals.tell(event(), "b", "b", now), Outcome::kGivenUp);
    EXPECT_EQ(terminals.tell(event(), "b", "b", now + seconds(301)), Outcome::kTold);
}

}  // namespace
}  // namespace modelward::agent
