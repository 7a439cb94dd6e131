// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/scaled_elements.h"

#include <gtest/gtest.h>

#include "fingerprint/containers/tensor_collector.h"
#include "fingerprint/readers/element_layout.h"
#include "fingerprint/sketches/projection.h"
#include "fingerprint/sketches/samples.h"
#include "fingerprint/sketches/splitmix.h"
#include "fingerprint/testing/little_endian_writer.h"
#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using Values = std::vector<float>;

class ScaledElements : public ::testing::Test {
  protected:
    Tensor bytes(DType dtype, const Bytes& content) {
        const std::uint64_t offset = file_.size();
        testing::append(file_, content);
        return {"bytes", dtype, {content.size()}, content.size(), offset, content.size()};
    }
    Tensor floats(const Values& content) {
        Tensor tensor = bytes(DType::kU8, testing::encode_f32(content));
        tensor.dtype = DType::kF32;
        tensor.elements = content.size();
        return tensor;
    }
    // [2, 48] in 4 bits, blocks of 32: byte b has the codes b % 16 and 15 - b % 16.
    Tensor four_bits(BlockScales blocks) {
        blocks.block = 32;
        Bytes codes;
        for (unsigned i = 0; i < 48; ++i)
            codes.push_back(static_cast<std::uint8_t>((i % 16) << 4 | (15 - i % 16)));
        Tensor tensor = bytes(DType::kNF4, codes);
        tensor.shape = {2, 48};
        tensor.elements = 96;
        tensor.layout = element_layout(blocks);
        return tensor;
    }
    Values read(const Tensor& tensor, std::uint64_t first, std::size_t count) const {
        Values elements(count);
        EXPECT_TRUE(read_elements(MemorySource(file_), tensor, first, elements).has_value());
        return elements;
    }
    // Code c stands for 100 + c.
    std::uint64_t values() {
        Values made;
        for (int code = 0; code < 16; ++code)
            made.push_back(static_cast<float>(100 + code));
        return floats(made).offset;
    }

    Bytes file_ = Bytes(7);
};

TEST_F(ScaledElements, TheUpperHalfOfAByteIsTheFirstAndTheFileSaysWhatACodeStandsFor) {
    const Tensor tensor = four_bits({values(), floats({1, 1, 1}).offset});
    EXPECT_EQ(read(tensor, 0, 4), (Values{100, 115, 101, 114}));
    EXPECT_EQ(read(tensor, 1, 2), (Values{115, 101}));  // from the middle of a byte to that of the next
}

TEST_F(ScaledElements, EachBlockHasAScale) {
    const Tensor tensor = four_bits({values(), floats({1, 10, -1}).offset});
    EXPECT_EQ(read(tensor, 31, 2), (Values{100, 1000}));
    EXPECT_EQ(read(tensor, 63, 2), (Values{1000, -100}));
    EXPECT_EQ(read(tensor, 95, 1), (Values{-100}));
}

TEST_F(ScaledElements, ScalesMayBeCodesInBlocksOfTheirOwn) {
    Values halves;
    for (int code = 0; code < 256; ++code)
        halves.push_back(static_cast<float>(code) / 2);
    // Blocks of two scales: of them the nested scales are 10 and 100.
    const BlockScales blocks{.values = values(),
                             .scales = bytes(DType::kU8, {2, 4, 255}).offset,
                             .nested_values = floats(halves).offset,
                             .nested_scales = floats({10, 100}).offset,
                             .nested_block = 2,
                             .nested_offset = 0.25F};
    const Tensor tensor = four_bits(blocks);
    EXPECT_EQ(read(tensor, 0, 1), Values{100 * 10.25F});
    EXPECT_EQ(read(tensor, 32, 1), Values{100 * 20.25F});
    EXPECT_EQ(read(tensor, 64, 1), Values{100 * 12750.25F});
    EXPECT_EQ(read(tensor, 0, 96)[64], 100 * 12750.25F);
}

TEST_F(ScaledElements, RowsHaveAScale) {
    Tensor tensor = bytes(DType::kI8, {1, 2, 3, 0xff, 0xfe, 0xfd});
    tensor.shape = {2, 3};
    tensor.layout = element_layout(RowScales{floats({10, 100}).offset});
    EXPECT_EQ(read(tensor, 0, 6), (Values{10, 20, 30, -100, -200, -300}));
    EXPECT_EQ(read(tensor, 4, 1), Values{-200});
}

TEST_F(ScaledElements, ErrorsOfTheSourceArePassedOn) {
    const Tensor tensor = four_bits({values(), 1U << 20});
    Values into(4);
    EXPECT_FALSE(read_elements(MemorySource(file_), tensor, 0, into).has_value());
}

// Rows of very different scales: with them the sketch is that of the weight, without them one that is near.
TEST_F(ScaledElements, SamplesHaveScalesWhereTheFileCanBeRead) {
    constexpr std::uint64_t kRows = 64, kColumns = 128;
    Values weight, scales;
    Bytes codes;
    for (std::uint64_t row = 0; row < kRows; ++row)
        scales.push_back(row % 2 == 0 ? 1.0F : 3.0F);
    for (std::uint64_t i = 0; i < kRows * kColumns; ++i) {
        codes.push_back(static_cast<std::uint8_t>(splitmix64(3, i) >> 56));
        weight.push_back(static_cast<float>(static_cast<std::int8_t>(codes.back())) * scales[i / kColumns]);
    }
    Tensor plain = floats(weight);
    plain.shape = {kRows, kColumns};
    Tensor tensor = bytes(DType::kI8, codes);
    tensor.shape = {kRows, kColumns};
    tensor.layout = element_layout(RowScales{floats(scales).offset});
    const MemorySource source(file_);
    const Sketch of_weight = project(read_samples(source, plain).value());
    EXPECT_EQ(project(read_samples(source, tensor).value()), of_weight);

    TensorCollector collector({.format = "safetensors", .data_start = 0, .tensors = {tensor}, .defect = {}});
    collector.push(file_);
    ASSERT_EQ(collector.file().tensors.size(), 1U);
    const int distance = hamming_distance(collector.file().tensors[0].sketch, of_weight);
    EXPECT_GT(distance, 0);
    EXPECT_LE(distance, kSameTensorDistance);
}

}  // namespace
}  // namespace modelward::fingerprint
