// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/torch/torch_layout.h"

#include <gtest/gtest.h>

namespace modelward::fingerprint {
namespace {

using Counts = std::vector<std::uint64_t>;

std::optional<TorchLayout> lay_out_view(std::uint64_t offset, Counts sizes, Counts strides,
                                        std::uint64_t storage) {
    TorchView view{};
    view.offset = offset;
    view.sizes = std::move(sizes);
    view.strides = std::move(strides);
    return lay_out(view, storage);
}

TEST(TorchLayout, ContiguousViewsAreTheirOwnElements) {
    const auto layout = lay_out_view(5, {2, 3, 4}, {12, 4, 1}, 100);
    ASSERT_TRUE(layout.has_value());
    EXPECT_TRUE(layout->is_view);
    EXPECT_EQ(layout->first, 5U);
    EXPECT_EQ(layout->shape, (Counts{2, 3, 4}));
}

TEST(TorchLayout, TransposedViewsHaveTheShapeOfTheStorage) {
    EXPECT_EQ(lay_out_view(0, {3, 2}, {1, 3}, 6)->shape, (Counts{2, 3}));
    EXPECT_EQ(lay_out_view(0, {8, 3, 5, 7}, {105, 1, 21, 3}, 840)->shape,
              (Counts{8, 5, 7, 3}));  // channels last
    EXPECT_TRUE(lay_out_view(0, {3, 2}, {1, 3}, 6)->is_view);
}

TEST(TorchLayout, SizesOfOneMeanNothing) {
    EXPECT_EQ(lay_out_view(0, {1, 6, 1, 4}, {999, 4, 777, 1}, 24)->shape, (Counts{6, 4}));
    EXPECT_EQ(lay_out_view(3, {}, {}, 4)->shape, Counts{});
    EXPECT_EQ(lay_out_view(3, {}, {}, 4)->first, 3U);
}

TEST(TorchLayout, EmptyViewsAreEmpty) {
    EXPECT_EQ(lay_out_view(0, {0, 7}, {7, 1}, 0)->shape, (Counts{0, 7}));
}

TEST(TorchLayout, AnythingElseGivesTheStorageInRows) {
    const auto columns = lay_out_view(2, {10, 4}, {16, 1}, 160);
    ASSERT_TRUE(columns.has_value());
    EXPECT_FALSE(columns->is_view);
    EXPECT_EQ(columns->first, 0U);
    EXPECT_EQ(columns->shape, (Counts{10, 16}));
    EXPECT_EQ(lay_out_view(0, {100, 8}, {0, 1}, 8)->shape, Counts{8});     // expanded
    EXPECT_EQ(lay_out_view(0, {4, 3}, {7, 1}, 30)->shape, Counts{30});     // rows do not divide the storage
    EXPECT_EQ(lay_out_view(0, {10, 5}, {2, 3}, 100)->shape, Counts{100});  // overlapping
}

TEST(TorchLayout, RefusesViewsBeyondTheStorage) {
    EXPECT_TRUE(lay_out_view(4, {2, 3}, {3, 1}, 10).has_value());
    EXPECT_FALSE(lay_out_view(5, {2, 3}, {3, 1}, 10).has_value());
    EXPECT_FALSE(lay_out_view(0, {2, 3}, {9, 1}, 10).has_value());
    EXPECT_FALSE(lay_out_view(11, {0}, {1}, 10).has_value());
    const std::uint64_t huge = std::uint64_t{1} << 63;
    EXPECT_FALSE(lay_out_view(0, {3}, {huge}, ~std::uint64_t{0}).has_value());
    EXPECT_FALSE(lay_out_view(0, {huge, huge}, {huge, 1}, ~std::uint64_t{0}).has_value());
    EXPECT_FALSE(lay_out_view(~std::uint64_t{0}, {2}, {1}, ~std::uint64_t{0}).has_value());
}

}  // namespace
}  // namespace modelward::fingerprint
