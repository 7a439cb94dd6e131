// SPDX-License-Identifier: Apache-2.0
#include "rules/suggest.h"

#include <gtest/gtest.h>

#include <array>

namespace modelward::rules {
namespace {

constexpr std::array<std::string_view, 3> kFields{"artifact.class", "artifact.kind", "user.id"};

TEST(Suggest, CountsOneTypingSlipAsOne) {
    EXPECT_EQ(edit_distance("class", "class"), 0U);
    EXPECT_EQ(edit_distance("clas", "class"), 1U);
    EXPECT_EQ(edit_distance("calss", "class"), 1U);
    EXPECT_EQ(edit_distance("", "class"), 5U);
}

TEST(Suggest, OffersTheNearestName) {
    EXPECT_EQ(suggest("artifact.clas", kFields), "did you mean 'artifact.class'?");
    EXPECT_EQ(suggest("user.di", kFields), "did you mean 'user.id'?");
}

TEST(Suggest, ListsTheNamesWhenNoneIsNear) {
    EXPECT_EQ(suggest("process.name", kFields), "use one of: artifact.class, artifact.kind, user.id");
}

TEST(Suggest, DoesNotMeasureWordsThatAreNoNames) {
    EXPECT_EQ(suggest(std::string(100'000, 'x'), kFields),
              "use one of: artifact.class, artifact.kind, user.id");
}

TEST(Suggest, HasNothingToSayWithoutCandidates) {
    EXPECT_EQ(suggest("x", std::span<const std::string_view>{}), "");
}

}  // namespace
}  // namespace modelward::rules
