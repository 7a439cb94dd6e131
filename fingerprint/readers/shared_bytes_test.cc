// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/shared_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace modelward::fingerprint {
namespace {

using ::testing::ElementsAre;

Tensor tensor(const std::string& name, std::uint64_t offset, std::vector<std::uint64_t> shape) {
    const Extent extent = extent_of(DType::kU8, shape).value();
    return {name, DType::kU8, std::move(shape), extent.elements, offset, extent.bytes};
}

std::vector<std::string> settled(std::vector<Tensor> tensors, std::uint64_t file_bytes = 1000) {
    TensorTable table{.format = "test", .data_start = 0, .tensors = std::move(tensors), .defect = {}};
    const auto done = settle_shared(table, file_bytes);
    EXPECT_TRUE(done.has_value()) << done.error().message();
    std::vector<std::string> names;
    for (const Tensor& each : table.tensors)
        names.push_back(each.name);
    return names;
}

TEST(SharedBytes, ListsTiedWeightsOnce) {
    EXPECT_THAT(settled({tensor("head", 10, {4, 4}), tensor("embedding", 10, {4, 4})}), ElementsAre("head"));
}

TEST(SharedBytes, KeepsTheTensorThatSaysMost) {
    EXPECT_THAT(settled({tensor("flat", 0, {100}), tensor("a", 0, {5, 10}), tensor("b", 50, {5, 10})}),
                ElementsAre("a", "b"));
    EXPECT_THAT(settled({tensor("part", 10, {2, 2}), tensor("whole", 0, {10, 10})}), ElementsAre("whole"));
    EXPECT_THAT(settled({tensor("whole", 0, {10, 10}), tensor("over the end", 95, {2, 5})}),
                ElementsAre("whole"));
    EXPECT_THAT(settled({tensor("b", 10, {2, 5}), tensor("a", 0, {2, 5})}), ElementsAre("a", "b"));
}

TEST(SharedBytes, NumbersNamesThatAreThereTwice) {
    EXPECT_THAT(
        settled({tensor("a", 0, {4}), tensor("a", 10, {4}), tensor("a (2)", 20, {4}), tensor("a", 30, {4})}),
        ElementsAre("a", "a (3)", "a (2)", "a (4)"));
}

TEST(SharedBytes, DataStartsAtTheFirstTensorThatHasBytes) {
    TensorTable table{.format = "test",
                      .data_start = 0,
                      .tensors = {tensor("late", 50, {4}), tensor("empty", 7, {0}), tensor("first", 20, {4})},
                      .defect = {}};
    ASSERT_TRUE(settle_shared(table, 100).has_value());
    EXPECT_EQ(table.data_start, 20U);
}

TEST(SharedBytes, DropsWhatIsOutsideOfTheFile) {
    EXPECT_THAT(settled({tensor("in", 0, {4, 5}), tensor("out", 25, {4, 5})}, 30), ElementsAre("in"));
}

}  // namespace
}  // namespace modelward::fingerprint
