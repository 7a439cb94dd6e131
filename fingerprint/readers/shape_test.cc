// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/shape.h"

#include <gtest/gtest.h>

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

using Extents = Shape::Extents;

TEST(Shape, GivesBackWhatWasPutIn) {
    constexpr std::uint64_t kMost = (std::uint64_t{1} << 63) - 1;
    for (const Extents& extents :
         {Extents{}, Extents{0}, Extents{1}, Extents{127, 128, 129}, Extents{kMost}, Extents{151'936, 7168},
          Extents{0, 9, 9}, Extents{16'383, 16'384}, Extents{~std::uint64_t{0}, 0}})
        EXPECT_EQ(Shape(extents).extents(), extents);
}

// Every extent just takes another byte: nothing with as many elements takes more.
TEST(Shape, HasRoomForEveryTableThatIsRead) {
    const Extents worst = {128, 128, 128, 128, 128, 128, 128, 128};
    ASSERT_EQ(worst.size(), kMaxDimensions);
    EXPECT_TRUE(extent_of(DType::kU8, worst).has_value());
    EXPECT_EQ(Shape(worst).extents(), worst);
    const Extents one_is_long = {1, 1, 1, 1, 1, 1, 1, (std::uint64_t{1} << 63) - 1};
    EXPECT_EQ(Shape(one_is_long).extents(), one_is_long);
}

TEST(Shape, OfNoElementsMayLoseItsOthers) {
    const std::uint64_t most = ~std::uint64_t{0};
    EXPECT_EQ(Shape(Extents{0, most, most, most}).extents(), Extents{0});
}

TEST(Shape, IsEqualByItsExtents) {
    EXPECT_EQ(Shape({2, 3}), (Extents{2, 3}));
    EXPECT_NE(Shape({2, 3}), (Extents{3, 2}));
    EXPECT_NE(Shape({2}), (Extents{2, 0}));
}

TEST(Shape, IsSmall) {
    EXPECT_EQ(sizeof(Shape), 24U);
}

}  // namespace
}  // namespace modelward::fingerprint
