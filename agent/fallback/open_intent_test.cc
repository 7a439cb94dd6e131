// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/open_intent.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

namespace modelward::agent {
namespace {

std::string openat_with(int flags) {
    return fmt::format("{} 0xffffff9c 0x7ffd729c3140 {:#x} 0x1b6 0x0 0x7f6ce139e740 0x7ffd729c1f70 0x7f6c\n",
                       SYS_openat, flags);
}

TEST(OpenIntent, OfOpenatLiesInItsFlags) {
    EXPECT_EQ(intent_of_call(openat_with(O_RDONLY | O_CLOEXEC)), OpenIntent::kRead);
    EXPECT_EQ(intent_of_call(openat_with(O_WRONLY)), OpenIntent::kWrite);
    EXPECT_EQ(intent_of_call(openat_with(O_RDWR | O_APPEND)), OpenIntent::kWrite);
    EXPECT_EQ(intent_of_call(openat_with(O_RDONLY | O_TRUNC)), OpenIntent::kWrite);
    EXPECT_EQ(intent_of_call(openat_with(O_RDONLY | O_CREAT)), OpenIntent::kRead);
}

#ifdef SYS_open
TEST(OpenIntent, OfTheOlderCalls) {
    EXPECT_EQ(intent_of_call(fmt::format("{} 0x7ffd {:#x} 0x0 0x0 0x0 0x0 0x7f 0x7f", SYS_open, O_WRONLY)),
              OpenIntent::kWrite);
    EXPECT_EQ(intent_of_call(fmt::format("{} 0x7ffd {:#x} 0x0 0x0 0x0 0x0 0x7f 0x7f", SYS_open, O_RDONLY)),
              OpenIntent::kRead);
    EXPECT_EQ(intent_of_call(fmt::format("{} 0x7ffd 0x0 0x0 0x0 0x0 0x0 0x7f 0x7f", SYS_creat)),
              OpenIntent::kWrite);
}
#endif

TEST(OpenIntent, OfAProgramThatStartsIsToRead) {
    EXPECT_EQ(intent_of_call(fmt::format("{} 0x7ffd 0x7ffe 0x7fff 0x0 0x0 0x0 0x7f 0x7f", SYS_execve)),
              OpenIntent::kRead);
}

// Its flags lie in the caller's memory, where another thread may change them after the kernel has read them.
TEST(OpenIntent, IsUnknownWhereTheFlagsAreNotInTheCall) {
    EXPECT_EQ(intent_of_call(fmt::format("{} 0xffffff9c 0x7ffd 0x7ffe 0x18 0x0 0x0 0x7f 0x7f", SYS_openat2)),
              OpenIntent::kUnknown);
    EXPECT_EQ(intent_of_call(fmt::format("{} 0x3 0x1 0x1 0x1 0x0 0x8 0x7f 0x7f", SYS_io_uring_enter)),
              OpenIntent::kUnknown);
}

TEST(OpenIntent, IsUnknownWhereThereIsNoCall) {
    EXPECT_EQ(intent_of_call("running\n"), OpenIntent::kUnknown);
    EXPECT_EQ(intent_of_call("-1 0x7ffd 0x7f\n"), OpenIntent::kUnknown);
    EXPECT_EQ(intent_of_call(""), OpenIntent::kUnknown);
    EXPECT_EQ(intent_of_call(fmt::format("{} 0xffffff9c 0x7ffd", SYS_openat)), OpenIntent::kUnknown);
}

}  // namespace
}  // namespace modelward::agent
