// SPDX-License-Identifier: Apache-2.0
// The distances that verdicts by rows rest on.
#include "fingerprint/rows/vector_sketch.h"

#include <gtest/gtest.h>

#include <cmath>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

VectorSketch sketch_of(std::uint64_t seed, std::size_t length = kMostVectorElements) {
    return sketch_vector(testing::weights(seed, length)).value();
}

TEST(VectorRuns, TakeAShortVectorWhole) {
    for (const std::uint64_t length : {64U, 300U, 512U}) {
        const auto runs = vector_runs(length);
        ASSERT_EQ(runs.size(), 1U);
        EXPECT_EQ(runs[0].begin, 0U);
        EXPECT_EQ(runs[0].count, length);
    }
}

TEST(VectorRuns, AreAlignedApartAndInside) {
    for (const std::uint64_t length : {513UL, 768UL, 800UL, 4096UL, (1UL << 40) + 5}) {
        const auto runs = vector_runs(length);
        ASSERT_EQ(runs.size(), 2U);
        EXPECT_GE(runs[1].begin, runs[0].begin + runs[0].count);
        for (const VectorRun& run : runs) {
            EXPECT_EQ(run.begin % 256, 0U);
            EXPECT_EQ(run.count, 256U);
            EXPECT_LE(run.begin + run.count, length);
        }
    }
}

// Positions and directions are part of the file format: a change here makes every registered fingerprint
// worthless.
TEST(VectorRuns, AreFixedForEver) {
    const auto runs = vector_runs(11008);
    EXPECT_EQ(runs[0].begin, 3840U);
    EXPECT_EQ(runs[1].begin, 8704U);
}

TEST(VectorSketch, IsFixedForEver) {
    std::vector<float> values(300);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(i * i % 1021);
    EXPECT_EQ(sketch_vector(values).value(), (VectorSketch{0xCFD187012E34DEB2U, 0x4DD4E10F8E20F782U}));
}

TEST(VectorSketch, DoesNotChangeUnderScaleAndOffset) {
    auto values = testing::weights(1, 512);
    const auto before = sketch_vector(values).value();
    for (float& value : values)
        value = value * 1000 + 7;
    EXPECT_LE(hamming_distance(before, sketch_vector(values).value()), 2);
}

TEST(VectorSketch, StaysCloseUnderFourBits) {
    auto values = testing::weights(2, 512);
    const auto before = sketch_vector(values).value();
    for (float& value : values)
        value = std::round(value / 0.01F) * 0.01F;
    EXPECT_LE(hamming_distance(before, sketch_vector(values).value()), 12);
}

TEST(VectorSketch, StaysCloseWhenHalfIsPruned) {
    auto values = testing::weights(3, 512);
    const auto before = sketch_vector(values).value();
    for (float& value : values) {
        if (std::abs(value) < 0.0135F) value = 0;
    }
    EXPECT_LE(hamming_distance(before, sketch_vector(values).value()), kSameVectorDistance);
}

TEST(VectorSketch, IndependentVectorsAreFarApart) {
    std::vector<VectorSketch> sketches;
    for (std::uint64_t seed = 0; seed < 300; ++seed)
        sketches.push_back(sketch_of(100 + seed, 64 + seed));
    double sum = 0;
    int pairs = 0;
    for (std::size_t i = 0; i < sketches.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j, ++pairs) {
            const int distance = hamming_distance(sketches[i], sketches[j]);
            EXPECT_GT(distance, kSameVectorDistance);
            sum += distance;
        }
    }
    EXPECT_NEAR(sum / pairs, 64, 1);
}

TEST(VectorSketch, RefusesWhatSaysLittle) {
    std::vector<float> ramp(256), sparse(256, 0.0F);
    for (std::size_t i = 0; i < ramp.size(); ++i)
        ramp[i] = static_cast<float>(i);
    for (std::size_t i = 0; i < 15; ++i)
        sparse[17 * i] = 1.0F + static_cast<float>(i * i);
    EXPECT_FALSE(sketch_vector(ramp).has_value());
    EXPECT_FALSE(sketch_vector(sparse).has_value());
    EXPECT_FALSE(sketch_vector(std::vector<float>(256, 3.0F)).has_value());
    EXPECT_FALSE(sketch_vector(std::vector<float>(256, NAN)).has_value());
}

}  // namespace
}  // namespace modelward::fingerprint
