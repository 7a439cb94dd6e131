// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/pinned_file.h"

#include <gtest/gtest.h>

namespace modelward::agent {
namespace {

TEST(PinnedFile, AChangeOfThisVeryMomentIsNotSettled) {
    constexpr std::int64_t kAt = 1'700'000'000'123'000'000;
    EXPECT_FALSE(is_settled(kAt, kAt));
    EXPECT_FALSE(is_settled(kAt, kAt + 10'000'000));
    EXPECT_TRUE(is_settled(kAt, kAt + 30'000'000));
    EXPECT_FALSE(is_settled(kAt, kAt - 1'000'000'000)) << "the clock was set back";
}

TEST(PinnedFile, WhereSecondsAreCountedASecondHasToPass) {
    constexpr std::int64_t kAt = 1'700'000'000'000'000'000;
    EXPECT_FALSE(is_settled(kAt, kAt + 1'500'000'000));
    EXPECT_TRUE(is_settled(kAt, kAt + 2'500'000'000));
}

}  // namespace
}  // namespace modelward::agent
