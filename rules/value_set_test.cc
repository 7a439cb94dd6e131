// SPDX-License-Identifier: Apache-2.0
#include "rules/value_set.h"

#include <gtest/gtest.h>

#include <array>

namespace modelward::rules {
namespace {

using Set = ValueSet<int>;

TEST(ValueSet, StartsAsEverything) {
    EXPECT_TRUE(Set().everything());
    EXPECT_TRUE(Set().contains(7));
    EXPECT_TRUE(Set().inverted().empty());
}

TEST(ValueSet, IntersectsAndUnitesLikeSets) {
    const std::array<Set, 4> sets{Set(), Set({1, 2}, false), Set({2, 3}, true), Set({}, false)};
    for (const Set& a : sets) {
        for (const Set& b : sets) {
            for (int value = 0; value < 5; ++value) {
                EXPECT_EQ((a & b).contains(value), a.contains(value) && b.contains(value));
                EXPECT_EQ((a | b).contains(value), a.contains(value) || b.contains(value));
            }
        }
    }
}

TEST(ValueSet, KnowsWhenNothingIsLeft) {
    EXPECT_TRUE((Set({1}, false) & Set({1}, true)).empty());
    EXPECT_FALSE((Set({1}, false) & Set({2}, true)).empty());
}

}  // namespace
}  // namespace modelward::rules
