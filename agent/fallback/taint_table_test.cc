// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/taint_table.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace modelward::agent {
namespace {

kernel::marks marks(std::uint32_t classes, std::initializer_list<std::uint32_t> artifacts) {
    kernel::marks out{};
    out.classes = classes;
    std::ranges::copy(artifacts, out.artifacts);
    return out;
}

TEST(Marks, CoverWhatTheyHold) {
    const auto have = marks(3, {7, 8});
    EXPECT_TRUE(marks_cover(have, marks(1, {8})));
    EXPECT_FALSE(marks_cover(have, marks(4, {})));
    EXPECT_FALSE(marks_cover(have, marks(1, {9})));
}

TEST(Marks, OfAFullListCoverEveryArtifact) {
    EXPECT_TRUE(marks_cover(marks(1, {1, 2, 3, 4}), marks(1, {5})));
    EXPECT_FALSE(marks_cover(marks(1, {1, 2, 3, 4}), marks(2, {5}))) << "classes are never full";
}

TEST(Marks, OnlyGrow) {
    auto into = marks(1, {7});
    marks_add(into, marks(2, {7, 9}));
    EXPECT_EQ(into.classes, 3u);
    EXPECT_TRUE(marks_cover(into, marks(3, {7, 9})));
    EXPECT_EQ(into.artifacts[2], 0u) << "none is kept twice";
    marks_add(into, marks(0, {10, 11, 12}));
    EXPECT_EQ(into.artifacts[3], 11u) << "and what finds no room is left out";
}

}  // namespace
}  // namespace modelward::agent
