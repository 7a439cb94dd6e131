// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/privileges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/capability.h>
#include <sys/wait.h>
#include <unistd.h>

namespace modelward::agent {
namespace {

TEST(Privileges, WhoHasNoneIsToldThatAndNotThatTheKernelIsUnfit) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const cap_t none = ::cap_init();
        if (::cap_set_proc(none) != 0) ::_exit(1);
        const auto answer = have_privileges();
        const bool told = !answer && answer.error().code() == ErrorCode::kDenied &&
                          answer.error().message().starts_with("privileges are missing");
        ::_exit(told ? 0 : 2);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

}  // namespace
}  // namespace modelward::agent
