// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/rows/read_vectors.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

struct Matrix {
    std::vector<float> values;
    MatrixView view;

    Matrix transposed() const {
        Matrix turned{std::vector<float>(values.size()), {view.columns, view.rows}};
        for (std::uint64_t row = 0; row < view.rows; ++row) {
            for (std::uint64_t column = 0; column < view.columns; ++column)
                turned.values[column * view.rows + row] = values[row * view.columns + column];
        }
        return turned;
    }
};

Matrix learnt(std::uint64_t rows, std::uint64_t columns) {
    return {testing::weights(rows * columns, rows * columns), {rows, columns}};
}

std::vector<VectorSketch> sketches(const Matrix& matrix, Axis axis, std::span<const std::uint64_t> chosen,
                                   DType dtype = DType::kF32) {
    const auto bytes =
        dtype == DType::kF32 ? testing::encode_f32(matrix.values) : testing::encode_q4_k(matrix.values);
    const Tensor tensor{"t", dtype,       {matrix.view.rows, matrix.view.columns}, matrix.values.size(),
                        0,   bytes.size()};
    return sketch_vectors(MemorySource(bytes), tensor, matrix.view, axis, chosen).value();
}

TEST(Spread, TakesAllOfFew) {
    EXPECT_EQ(spread(3, 5, 0), (std::vector<std::uint64_t>{0, 1, 2}));
    EXPECT_TRUE(spread(0, 5, 0).empty());
}

TEST(Spread, IsAscendingInsideAndOfTheWantedNumber) {
    for (const std::uint64_t of : {6UL, 100UL, 12345UL, 1UL << 62}) {
        const auto chosen = spread(of, 5, 0);
        ASSERT_EQ(chosen.size(), 5U);
        EXPECT_TRUE(std::ranges::is_sorted(chosen, std::ranges::less_equal{}));
        EXPECT_LT(chosen.back(), of);
    }
}

TEST(Spread, DiffersBySalt) {
    EXPECT_NE(spread(100000, 64, 0), spread(100000, 64, 1));
}

using Shape = std::pair<std::uint64_t, std::uint64_t>;
class ReadVectors : public ::testing::TestWithParam<Shape> {};
class ReadQuantisedVectors : public ::testing::TestWithParam<Shape> {};

TEST_P(ReadVectors, ColumnsAreTheRowsOfTheTranspose) {
    const Matrix matrix = learnt(GetParam().first, GetParam().second);
    const auto chosen = spread(matrix.view.columns, 20, 0);
    const auto columns = sketches(matrix, Axis::kColumns, chosen);
    EXPECT_EQ(columns.size(), chosen.size());
    EXPECT_EQ(columns, sketches(matrix.transposed(), Axis::kRows, chosen));
}

TEST_P(ReadQuantisedVectors, AreNearThoseOfTheMatrix) {
    const Matrix matrix = learnt(GetParam().first, GetParam().second);
    for (const Axis axis : {Axis::kRows, Axis::kColumns}) {
        const auto chosen = spread(axis == Axis::kRows ? matrix.view.rows : matrix.view.columns, 20, 0);
        const auto plain = sketches(matrix, axis, chosen);
        const auto quantised = sketches(matrix, axis, chosen, DType::kQ4_K);
        ASSERT_EQ(plain.size(), quantised.size());
        for (std::size_t i = 0; i < plain.size(); ++i)
            EXPECT_LE(hamming_distance(plain[i], quantised[i]), 14);
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ReadVectors,
                         ::testing::Values(Shape{64, 256}, Shape{100, 300}, Shape{700, 768},
                                           Shape{1030, 1280}));
INSTANTIATE_TEST_SUITE_P(Shapes, ReadQuantisedVectors,
                         ::testing::Values(Shape{64, 256}, Shape{700, 768}, Shape{1030, 1280}));

TEST(ReadVectorsOf, ATruncatedFileIsAnError) {
    const Matrix matrix = learnt(64, 64);
    auto bytes = testing::encode_f32(matrix.values);
    bytes.resize(bytes.size() / 2);
    const Tensor tensor{"t", DType::kF32, {64, 64}, 4096, 0, bytes.size()};
    const std::vector<std::uint64_t> last{63};
    EXPECT_FALSE(sketch_vectors(MemorySource(bytes), tensor, matrix.view, Axis::kRows, last).has_value());
    EXPECT_FALSE(sketch_vectors(MemorySource(bytes), tensor, matrix.view, Axis::kColumns, last).has_value());
}

TEST(ReadVectorsOf, OverlongRowsGiveNoColumns) {
    const Matrix matrix = learnt(64, kMostRowRead + 256);
    const std::vector<std::uint64_t> some{1, 2, 3};
    EXPECT_TRUE(sketches(matrix, Axis::kColumns, some).empty());
    EXPECT_EQ(sketches(matrix, Axis::kRows, some).size(), 3U);
}

}  // namespace
}  // namespace modelward::fingerprint
