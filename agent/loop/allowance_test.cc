// SPDX-License-Identifier: Apache-2.0
#include "agent/loop/allowance.h"

#include <gtest/gtest.h>

namespace modelward::agent {
namespace {

using std::chrono::seconds;

const Allowance::Clock::time_point kNow{seconds(1000)};

TEST(Allowance, IsUsedUpAndComesBackWithTheNextWindow) {
    Allowance two(2, seconds(10));
    EXPECT_TRUE(two.take(kNow));
    EXPECT_TRUE(two.take(kNow + seconds(9)));
    EXPECT_FALSE(two.take(kNow + seconds(9)));
    EXPECT_TRUE(two.take(kNow + seconds(10)));
}

TEST(Allowance, OfEachIsNotUsedUpByAnother) {
    AllowanceOfEach<int> one(8, 1, seconds(10));
    EXPECT_TRUE(one.take(1, kNow));
    EXPECT_FALSE(one.take(1, kNow));
    EXPECT_TRUE(one.take(2, kNow));
}

TEST(Allowance, OfEachKeepsTheLatestOnly) {
    AllowanceOfEach<int> one(2, 1, seconds(10));
    for (int key = 1; key <= 100; ++key)
        EXPECT_TRUE(one.take(key, kNow + seconds(key)));
    EXPECT_EQ(one.size(), 2u);
    EXPECT_FALSE(one.take(100, kNow + seconds(100)));
}

}  // namespace
}  // namespace modelward::agent
