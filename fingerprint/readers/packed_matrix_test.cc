// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/packed_matrix.h"

#include <gtest/gtest.h>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/packed_matrices.h"
#include "fingerprint/testing/table_checks.h"
#include "fingerprint/testing/torch_files.h"

namespace modelward::fingerprint {
namespace {

using Extents = std::vector<std::uint64_t>;

Tensor stored(const std::string& name, DType dtype, const Extents& shape) {
    const auto extent = extent_of(dtype, shape).value();
    return {name, dtype, shape, extent.elements, 0, extent.bytes};
}

// The matrix that [256, 64] of 4 bits in groups of 128 is, in the layout of GPTQ.
std::vector<Tensor> gptq() {
    return {stored("a.qweight", DType::kI32, {32, 64}), stored("a.qzeros", DType::kI32, {2, 8}),
            stored("a.scales", DType::kF16, {2, 64}), stored("a.g_idx", DType::kI32, {256})};
}

std::vector<Tensor> awq() {
    return {stored("a.qweight", DType::kI32, {256, 8}), stored("a.qzeros", DType::kI32, {2, 8}),
            stored("a.scales", DType::kBF16, {2, 64})};
}

std::vector<Tensor> found(std::vector<Tensor> tensors) {
    TensorTable table{.format = "safetensors", .data_start = 0, .tensors = std::move(tensors), .defect = {}};
    find_packed_matrices(table);
    return std::move(table.tensors);
}

// The first tensor is a matrix of [in, out] that takes the bytes of its words.
void expect_packed(const std::vector<Tensor>& tensors, const Extents& shape, DType dtype,
                   PackedMatrix::Layout layout, unsigned bits) {
    const Tensor matrix = found(tensors)[0];
    ASSERT_NE(matrix.packed(), nullptr);
    EXPECT_EQ(matrix.name, "a.qweight");
    EXPECT_EQ(matrix.shape, shape);
    EXPECT_EQ(matrix.dtype, dtype);
    EXPECT_EQ(matrix.elements, shape[0] * shape[1]);
    EXPECT_EQ(matrix.bytes, tensors[0].bytes);
    EXPECT_EQ(matrix.packed()->layout, layout);
    EXPECT_EQ(matrix.packed()->bits, bits);
}

void expect_left_alone(const std::vector<Tensor>& tensors, const std::string& because) {
    const std::vector<Tensor> after = found(tensors);
    ASSERT_EQ(after.size(), tensors.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
        EXPECT_EQ(after[i].packed(), nullptr) << because;
        EXPECT_EQ(after[i].shape, tensors[i].shape) << because;
        EXPECT_EQ(after[i].dtype, tensors[i].dtype) << because;
    }
}

// With tensor `place` replaced.
std::vector<Tensor> with(std::vector<Tensor> tensors, std::size_t place, DType dtype, const Extents& shape) {
    tensors[place] = stored(tensors[place].name, dtype, shape);
    return tensors;
}

TEST(PackedMatrix, GptqPacksRows) {
    expect_packed(gptq(), {256, 64}, DType::kU4, PackedMatrix::Layout::kGptq, 4);
    auto tensors = gptq();
    for (std::size_t i = 0; i < tensors.size(); ++i)
        tensors[i].offset = 10'000 * i;
    const Tensor matrix = found(tensors)[0];
    ASSERT_NE(matrix.packed(), nullptr);
    ASSERT_TRUE(matrix.packed()->group_of_rows.has_value());
    EXPECT_EQ(matrix.packed()->zeros.offset, 10'000);
    EXPECT_EQ(matrix.packed()->scales.offset, 20'000);
    EXPECT_EQ(matrix.packed()->group_of_rows->offset, 30'000);
}

TEST(PackedMatrix, AwqPacksColumns) {
    expect_packed(awq(), {256, 64}, DType::kU4, PackedMatrix::Layout::kAwq, 4);
    const Tensor matrix = found(awq())[0];
    ASSERT_NE(matrix.packed(), nullptr);
    EXPECT_FALSE(matrix.packed()->group_of_rows.has_value());
}

TEST(PackedMatrix, ZerosSayHowManyBitsACodeHas) {
    expect_packed(with(with(gptq(), 1, DType::kI32, {2, 16}), 0, DType::kI32, {64, 64}), {256, 64},
                  DType::kU8, PackedMatrix::Layout::kGptq, 8);
    expect_packed(with(with(gptq(), 1, DType::kI32, {2, 4}), 0, DType::kI32, {16, 64}), {256, 64}, DType::kU2,
                  PackedMatrix::Layout::kGptq, 2);
    // 64 zeros in 64 * 3 / 32 words
    const auto three = with(with(gptq(), 1, DType::kI32, {2, 6}), 0, DType::kI32, {24, 64});
    expect_packed(three, {256, 64}, DType::kU3, PackedMatrix::Layout::kGptq, 3);
    expect_left_alone(with(three, 0, DType::kI32, {25, 64}), "codes of 3 bits are not whole");
    expect_left_alone(with(three, 1, DType::kI32, {2, 5}), "zeros of 3 bits are not whole");
    expect_left_alone(with(with(three, 0, DType::kI32, {256, 6}), 3, DType::kI32, {256}),
                      "columns of three bits are no layout");
}

TEST(PackedMatrix, OneGroupMayHaveLostItsDimension) {
    const auto one = with(with(gptq(), 1, DType::kI32, {8}), 2, DType::kF16, {64});
    expect_packed(one, {256, 64}, DType::kU4, PackedMatrix::Layout::kGptq, 4);
}

TEST(PackedMatrix, GroupsThatAreNotListedHaveAsManyRowsEach) {
    auto tensors = gptq();
    tensors.pop_back();
    expect_packed(tensors, {256, 64}, DType::kU4, PackedMatrix::Layout::kGptq, 4);
    tensors = with(with(tensors, 1, DType::kI32, {3, 8}), 2, DType::kF16, {3, 64});
    expect_left_alone(tensors, "256 rows in 3 groups");
}

TEST(PackedMatrix, WhatDoesNotFitIsLeftAlone) {
    for (std::size_t missing = 0; missing < 3; ++missing) {
        auto tensors = gptq();
        tensors.erase(tensors.begin() + static_cast<std::ptrdiff_t>(missing));
        expect_left_alone(tensors, "one is missing");
    }
    expect_left_alone(with(gptq(), 0, DType::kF32, {32, 64}), "codes are no words");
    expect_left_alone(with(gptq(), 0, DType::kI32, {32, 63}), "codes have fewer columns than scales");
    expect_left_alone(with(gptq(), 0, DType::kI32, {31, 64}), "codes have fewer rows than are listed");
    expect_left_alone(with(gptq(), 0, DType::kI32, {32, 64, 1}), "codes have three dimensions");
    expect_left_alone(with(gptq(), 1, DType::kI64, {2, 8}), "zeros are no words");
    expect_left_alone(with(gptq(), 1, DType::kI32, {3, 8}), "zeros have another group");
    expect_left_alone(with(gptq(), 1, DType::kI32, {2, 7}), "zeros have fewer columns");
    expect_left_alone(with(gptq(), 1, DType::kI32, {0, 8}), "zeros are empty");
    expect_left_alone(with(gptq(), 2, DType::kI32, {2, 64}), "scales are no floats");
    expect_left_alone(with(with(gptq(), 0, DType::kI32, {32, 68}), 2, DType::kF16, {2, 68}),
                      "columns are not whole words");
    expect_left_alone(with(gptq(), 2, DType::kF16, {0, 64}), "scales are empty");
    expect_left_alone(with(with(awq(), 1, DType::kI32, {0, 8}), 2, DType::kF16, {0, 64}),
                      "there is no group");
    expect_left_alone(with(gptq(), 3, DType::kI64, {256}), "groups are no words");
    expect_left_alone(with(gptq(), 3, DType::kI32, {255}), "a row has no group");
    expect_left_alone(with(awq(), 0, DType::kI32, {256, 7}), "codes have fewer columns than zeros");
    expect_left_alone(with(with(awq(), 0, DType::kI32, {256, 16}), 1, DType::kI32, {2, 16}),
                      "columns of eight bits are no layout");
}

TEST(PackedMatrix, WhatIsTooLargeIsLeftAlone) {
    // As a stream of unknown size may claim: 2^62 bytes of 2-bit codes are 2^64 elements.
    auto tensors = with(with(gptq(), 0, DType::kI32, {std::uint64_t{1} << 54, 64}), 1, DType::kI32, {2, 4});
    tensors.pop_back();
    expect_left_alone(tensors, "elements overflow");
}

TEST(PackedMatrix, IsFoundByTheReadersOfBothProgramsFiles) {
    const auto tensors =
        testing::packed_tensors("a", testing::small_matrix(1, 0), testing::Packing::kGptq, 128);
    const auto expect_found = [](const TensorTable& table) {
        EXPECT_FALSE(table.defect.has_value());
        ASSERT_EQ(table.tensors.size(), 4U);
        EXPECT_EQ(table.tensors[0].shape, (Extents{256, 64}));
        EXPECT_NE(table.tensors[0].packed(), nullptr);
    };
    expect_found(testing::table_of(kSafetensorsReader, testing::safetensors_file(tensors)));
    expect_found(testing::table_of(kZipReader, testing::torch_zip(tensors).finish()));
    expect_found(testing::table_of(kPickleReader, testing::torch_legacy_file(tensors)));
}

}  // namespace
}  // namespace modelward::fingerprint
