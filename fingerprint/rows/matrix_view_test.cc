// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/rows/matrix_view.h"

#include <gtest/gtest.h>

namespace modelward::fingerprint {
namespace {

using Shape = std::vector<std::uint64_t>;

void expect_view(const Shape& shape, std::uint64_t rows, std::uint64_t columns) {
    const auto view = matrix_view(shape);
    ASSERT_TRUE(view.has_value());
    EXPECT_EQ(view->rows, rows);
    EXPECT_EQ(view->columns, columns);
}

TEST(MatrixView, OfAMatrixIsTheMatrix) {
    expect_view({4096, 11008}, 4096, 11008);
}

TEST(MatrixView, OfStackedMatricesHasTheSameRows) {
    expect_view({32, 4096, 128}, 32 * 4096, 128);
    expect_view({2, 3, 4, 64}, 24, 64);
}

TEST(MatrixView, OfAConvolutionHasAFilterARow) {
    expect_view({64, 32, 3, 3}, 64, 288);
    expect_view({64, 128, 1, 1}, 64, 128);
    expect_view({64, 32, 1, 9}, 64, 288);
}

TEST(MatrixView, NeedsTwoRowsOfSixtyFourElements) {
    EXPECT_FALSE(matrix_view({}).has_value());
    EXPECT_FALSE(matrix_view({100000}).has_value());
    EXPECT_FALSE(matrix_view({1, 4096}).has_value());
    EXPECT_FALSE(matrix_view({7, 9}).has_value());
    expect_view({2, 64}, 2, 64);
}

TEST(MatrixView, OfNoElementsIsNone) {
    EXPECT_FALSE(matrix_view({0, 64}).has_value());
    EXPECT_FALSE(matrix_view({64, 0}).has_value());
}

TEST(MatrixView, SurvivesTheLargestShapes) {
    expect_view({std::uint64_t{1} << 31, std::uint64_t{1} << 31}, std::uint64_t{1} << 31,
                std::uint64_t{1} << 31);
}

TEST(OuterView, HasTheOutermostDimensionAsRows) {
    const auto view = outer_view({96, 3, 3, 80});
    ASSERT_TRUE(view.has_value());
    EXPECT_EQ(view->rows, 96U);
    EXPECT_EQ(view->columns, 3U * 3 * 80);
    EXPECT_EQ(outer_view({1, 96, 3, 80})->rows, 96U);
}

TEST(OuterView, IsNoneWhereItSaysNothingNew) {
    EXPECT_FALSE(outer_view({96, 80, 3, 3}).has_value());  // that is the matrix already
    EXPECT_FALSE(outer_view({4096, 4096}).has_value());
    EXPECT_FALSE(outer_view({63, 3, 3, 80}).has_value());
    EXPECT_FALSE(outer_view({0, 3, 3, 80}).has_value());
    EXPECT_FALSE(outer_view({}).has_value());
    EXPECT_FALSE(outer_view({1, 1}).has_value());
}

// Columns of an output layer, 32,000 words long: models with one tokenizer agree in them.
TEST(AreEvidence, NotVectorsAlongAVocabulary) {
    EXPECT_FALSE(are_evidence(32000, 4096));
    EXPECT_TRUE(are_evidence(4096, 32000));
    EXPECT_TRUE(are_evidence(14336, 4096));
    EXPECT_TRUE(are_evidence(64, 16));
    EXPECT_FALSE(are_evidence(63, 1000));
}

TEST(MayBeEvidence, AnEighthOfAMatrixButNotOfAVocabulary) {
    EXPECT_TRUE(may_be_evidence(4096, 512));
    EXPECT_TRUE(may_be_evidence(256, 32));
    EXPECT_FALSE(may_be_evidence(6625, 60));
    EXPECT_FALSE(may_be_evidence(63, 1000));
}

}  // namespace
}  // namespace modelward::fingerprint
