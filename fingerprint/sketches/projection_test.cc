// SPDX-License-Identifier: Apache-2.0
// The distances that the verdicts rest on, and the invariants of the projection.
#include "fingerprint/sketches/projection.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

constexpr std::size_t kElements = 256 * 256;

Samples samples_of(DType dtype, const Bytes& bytes) {
    const Tensor tensor{"t", dtype, {256, kElements / 256}, kElements, 0, bytes.size()};
    return read_samples(MemorySource(bytes), tensor).value();
}

Sketch sketch_of(DType dtype, const Bytes& bytes) {
    return project(samples_of(dtype, bytes));
}

class Conversions : public ::testing::Test {
  protected:
    const std::vector<float> values_ = testing::weights(1, kElements);
    const Sketch original_ = sketch_of(DType::kF32, testing::encode_f32(values_));
};

TEST_F(Conversions, ToSixteenBitsKeepTheSketch) {
    EXPECT_LE(hamming_distance(original_, sketch_of(DType::kF16, testing::encode_f16(values_))), 2);
    EXPECT_LE(hamming_distance(original_, sketch_of(DType::kBF16, testing::encode_bf16(values_))), 3);
}

TEST_F(Conversions, ToQuantisedTypesStayClose) {
    EXPECT_LE(hamming_distance(original_, sketch_of(DType::kQ8_0, testing::encode_q8_0(values_))), 4);
    EXPECT_LE(hamming_distance(original_, sketch_of(DType::kQ4_K, testing::encode_q4_k(values_))), 16);
}

TEST_F(Conversions, ToRawBytesNeedNoScaleOrZeroPoint) {
    Bytes raw;
    for (const float value : values_)
        raw.push_back(static_cast<std::uint8_t>(std::lround(value * 1200 + 131)));
    EXPECT_LE(hamming_distance(original_, sketch_of(DType::kU8, raw)), 13);
}

TEST(Projection, IndependentTensorsAreFarApart) {
    std::vector<Sketch> sketches;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        sketches.push_back(
            sketch_of(DType::kF32, testing::encode_f32(testing::weights(100 + seed, kElements))));
    }
    double sum = 0;
    int pairs = 0;
    for (std::size_t i = 0; i < sketches.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j, ++pairs) {
            const int distance = hamming_distance(sketches[i], sketches[j]);
            EXPECT_GT(distance, kSameTensorDistance + 20);
            sum += distance;
        }
    }
    EXPECT_NEAR(sum / pairs, 128, 2);
}

TEST(Projection, DoesNotChangeUnderScaleAndOffset) {
    Samples samples = samples_of(DType::kF32, testing::encode_f32(testing::weights(2, kElements)));
    const Sketch before = project(samples);
    for (float& sample : samples)
        sample = sample * -3e30F;
    for (float& sample : samples)
        sample = -sample;
    EXPECT_EQ(project(samples), before);
    for (float& sample : samples)
        sample = sample / 3e32F + 7.0F;
    EXPECT_LE(hamming_distance(project(samples), before), 2);
}

TEST(Projection, TakesInfinityAndNotANumberForZero) {
    Samples samples = samples_of(DType::kF32, testing::encode_f32(testing::weights(3, kElements)));
    const Sketch before = project(samples);
    samples[10] = std::numeric_limits<float>::infinity();
    samples[20] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_LE(hamming_distance(project(samples), before), 8);
}

// The directions are part of the file format: a change here makes every registered fingerprint worthless.
TEST(Projection, IsFixedForEver) {
    Samples samples;
    for (std::size_t i = 0; i < kSamples; ++i)
        samples[i] = static_cast<float>(i * i % 1021);
    const Sketch expected{0x9B6A8FCC7DBCB1F0U, 0xDC46D105B58EE694U, 0x59DCD5455A626A2AU, 0xB51B1D73763D4553U};
    EXPECT_EQ(project(samples), expected);
}

}  // namespace
}  // namespace modelward::fingerprint
