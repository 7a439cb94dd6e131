// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/attach.h"

#include <gtest/gtest.h>

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

}  // namespace

}  // namespace modelward::agent
