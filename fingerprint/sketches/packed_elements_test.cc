// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/packed_elements.h"

#include <gtest/gtest.h>

#include "fingerprint/readers/element_layout.h"
#include "fingerprint/testing/little_endian_writer.h"
#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

// A file of words, then scales, and the tensors in it.
class PackedElements : public ::testing::Test {
  protected:
    Tensor words(const std::vector<std::uint32_t>& content) {
        const std::uint64_t offset = file_.size();
        for (const std::uint32_t word : content)
            testing::append_number(file_, word);
        return {"words", DType::kI32, {content.size()}, content.size(), offset, 4 * content.size()};
    }
    Tensor floats(const std::vector<float>& content) {
        const std::uint64_t offset = file_.size();
        testing::append(file_, testing::encode_f32(content));
        return {"floats", DType::kF32, {content.size()}, content.size(), offset, 4 * content.size()};
    }
    static Tensor matrix(Tensor codes, DType dtype, std::vector<std::uint64_t> shape, PackedMatrix packed) {
        codes.dtype = dtype;
        codes.elements = shape[0] * shape[1];
        codes.shape = std::move(shape);
        codes.layout = element_layout(std::move(packed));
        return codes;
    }
    std::vector<float> read(const Tensor& tensor, std::uint64_t first, std::size_t count) const {
        std::vector<float> elements(count);
        EXPECT_TRUE(read_elements(MemorySource(file_), tensor, first, elements).has_value());
        return elements;
    }

    Bytes file_;
};

using Values = std::vector<float>;
using Layout = PackedMatrix::Layout;

TEST_F(PackedElements, GptqHasRowsInAWordTheFirstInTheLowestBits) {
    // [8, 8]: column c has the codes c, c + 1 ... c + 7, and 1 as zero everywhere, which is stored as 0.
    const Tensor codes = words(
        {0x76543210, 0x87654321, 0x98765432, 0xa9876543, 0xba987654, 0xcba98765, 0xdcba9876, 0xedcba987});
    const Tensor scales = floats({1, 1, 1, 1, 1, 1, 1, 0.5});
    const Tensor tensor = matrix(codes, DType::kU4, {8, 8}, {Layout::kGptq, 4, words({0}), scales, {}});
    EXPECT_EQ(read(tensor, 0, 8), (Values{-1, 0, 1, 2, 3, 4, 5, 3}));
    EXPECT_EQ(read(tensor, 7 * 8, 8), (Values{6, 7, 8, 9, 10, 11, 12, 6.5}));
    EXPECT_EQ(read(tensor, 13, 6), (Values{5, 6, 3.5, 1, 2, 3}));  // from one row into the next
}

TEST_F(PackedElements, GptqHasZerosInTheOrderOfColumnsLessOne) {
    // All codes are 8; column c has the zero c + 1, and the last one, of 16, is 0 in 4 bits.
    const Tensor codes = words(std::vector<std::uint32_t>(8, 0x88888888));
    const Tensor zeros = words({0xf6543210});
    const Tensor tensor =
        matrix(codes, DType::kU4, {8, 8}, {Layout::kGptq, 4, zeros, floats(Values(8, 1)), {}});
    EXPECT_EQ(read(tensor, 0, 8), (Values{7, 6, 5, 4, 3, 2, 1, 8}));
}

TEST_F(PackedElements, GptqHasTwoAndEightBits) {
    const Tensor bytes = words({0x03020100, 0x13121110, 0x23222120, 0xff323130});
    const Tensor wide =
        matrix(bytes, DType::kU8, {4, 4}, {Layout::kGptq, 8, words({0}), floats(Values(4, 1)), {}});
    EXPECT_EQ(read(wide, 12, 4), (Values{2, 18, 34, 254}));
    std::vector<std::uint32_t> pairs(16, 0x55555555);
    pairs[1] = 0xc0000000;
    const Tensor narrow =
        matrix(words(pairs), DType::kU2, {16, 16}, {Layout::kGptq, 2, words({0}), floats(Values(16, 1)), {}});
    EXPECT_EQ(read(narrow, 0, 3), (Values{0, -1, 0}));
    EXPECT_EQ(read(narrow, 15 * 16, 3), (Values{0, 2, 0}));
}

TEST_F(PackedElements, GptqHasThreeBitsOfWhichSomeRunIntoTheNextWord) {
    // [32, 32]: row r has this code in column 0, and 7 in all others; column c has it as zero, stored less
    // one.
    const auto code = [](unsigned number) { return (1 * number * number + number / 5) % 8; };
    const std::vector<std::uint32_t> stream = {0x91550308, 0xc9e399a7,
                                               0xeb5c74a2};  // the first in the lowest bits
    std::vector<std::uint32_t> words_of_rows;
    for (const std::uint32_t word : stream) {
        words_of_rows.push_back(word);
        words_of_rows.insert(words_of_rows.end(), 31, 0xffffffff);
    }
    const Tensor tensor = matrix(words(words_of_rows), DType::kU3, {32, 32},
                                 {Layout::kGptq, 3, words(stream), floats(Values(32, 1)), {}});
    const auto zero = [&](unsigned column) { return static_cast<float>((code(column) + 1) % 8); };
    for (unsigned row = 0; row < 32; ++row)
        EXPECT_EQ(read(tensor, std::uint64_t{row} * 32, 1), Values{static_cast<float>(code(row)) - zero(0)})
            << row;
    Values last_row = {static_cast<float>(code(31)) - zero(0)};
    for (unsigned column = 1; column < 32; ++column)
        last_row.push_back(7 - zero(column));
    EXPECT_EQ(read(tensor, 31 * 32, 32), last_row);
    EXPECT_EQ(read(tensor, 31 * 32 + 9, 5), Values(last_row.begin() + 9, last_row.begin() + 14));
}

TEST_F(PackedElements, AwqHasColumnsInAWordInItsOwnOrder) {
    // [2, 16]: each column has its number, and the number is its zero in the second half.
    const Tensor codes = words({0x75316420, 0xfdb9eca8, 0x75316420, 0xfdb9eca8});
    const Tensor zeros = words({0, 0xfdb9eca8});
    const Tensor tensor =
        matrix(codes, DType::kU4, {2, 16}, {Layout::kAwq, 4, zeros, floats(Values(16, 2)), {}});
    const Values expected = {0, 2, 4, 6, 8, 10, 12, 14, 0, 0, 0, 0, 0, 0, 0, 0};
    EXPECT_EQ(read(tensor, 0, 16), expected);
    EXPECT_EQ(read(tensor, 16, 16), expected);
    EXPECT_EQ(read(tensor, 19, 6), (Values{6, 8, 10, 12, 14, 0}));
}

TEST_F(PackedElements, GroupsAreConsecutiveOrListed) {
    // Two groups of scale 1 and 10; all elements are 1 times that.
    const Tensor codes = words(std::vector<std::uint32_t>(8, 0x22222222));
    const Tensor zeros = words({0, 0});
    Values scales(16, 1);
    std::fill(scales.begin() + 8, scales.end(), 10.0F);
    PackedMatrix packed{Layout::kGptq, 4, zeros, floats(scales), {}};
    const Tensor consecutive = matrix(codes, DType::kU4, {8, 8}, packed);
    EXPECT_EQ(read(consecutive, 3 * 8, 1), Values{1});
    EXPECT_EQ(read(consecutive, 4 * 8, 1), Values{10});
    packed.group_of_rows = words({1, 0, 0, 1, 0, 0, 0, 0});
    const Tensor listed = matrix(codes, DType::kU4, {8, 8}, packed);
    EXPECT_EQ(read(listed, 0, 1), Values{10});
    EXPECT_EQ(read(listed, 3 * 8, 1), Values{10});
    EXPECT_EQ(read(listed, 4 * 8, 1), Values{1});
}

TEST_F(PackedElements, GroupsThatAreNotThereAreTheLast) {
    const Tensor codes = words(std::vector<std::uint32_t>(8, 0x22222222));
    const Tensor groups = words({2, 0xffffffff, 0, 0, 0, 0, 0, 0});
    const Tensor zeros = words({0, 0});
    Values scales(16, 1);
    std::fill(scales.begin() + 8, scales.end(), 10.0F);
    const Tensor tensor =
        matrix(codes, DType::kU4, {8, 8}, {Layout::kGptq, 4, zeros, floats(scales), groups});
    EXPECT_EQ(read(tensor, 0, 1), Values{10});
    EXPECT_EQ(read(tensor, 8, 1), Values{10});
}

TEST_F(PackedElements, ErrorsOfTheSourceArePassedOn) {
    Tensor codes = words(std::vector<std::uint32_t>(8));
    Tensor zeros = words({0});
    zeros.offset = 1U << 20;
    const Tensor tensor =
        matrix(codes, DType::kU4, {8, 8}, {Layout::kGptq, 4, zeros, floats(Values(8, 1)), {}});
    Values into(4);
    EXPECT_FALSE(read_elements(MemorySource(file_), tensor, 0, into).has_value());
}

}  // namespace
}  // namespace modelward::fingerprint
