// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/attach.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace modelward::agent {

namespace {

using Modes = std::vector<AttachMode>;

TEST(ModesToTry, LsmFirstWhereBpfIsActive) {
    EXPECT_EQ(modes_to_try("lockdown,capability,yama,apparmor,bpf", true),
              (Modes{AttachMode::kLsm, AttachMode::kFmodRet}));
}

TEST(ModesToTry, NeverLsmWhereItWouldLoadAndNotRun) {
    EXPECT_EQ(modes_to_try("landlock,lockdown,yama,apparmor", true), Modes{AttachMode::kFmodRet});
    EXPECT_EQ(modes_to_try("bpfilter", true), Modes{AttachMode::kFmodRet});
}

TEST(ModesToTry, FmodRetFirstWhereTheListIsNotKnown) {
    EXPECT_EQ(modes_to_try("", false), (Modes{AttachMode::kFmodRet, AttachMode::kLsm}));
}

TEST(RefusalCode, TroubleOfTheMomentIsWorthAnotherTry) {
    for (const int error : {ENOMEM, EAGAIN, EINTR, EBUSY, EMFILE, ENFILE, ENOSPC})
        EXPECT_EQ(refusal_code(error), ErrorCode::kUnavailable) << error;
    for (const int error : {EPERM, EACCES, EINVAL, ENOENT, ESRCH, E2BIG, ENOTSUP})
        EXPECT_EQ(refusal_code(error), ErrorCode::kUnsupported) << error;
}

}  // namespace

}  // namespace modelward::agent
