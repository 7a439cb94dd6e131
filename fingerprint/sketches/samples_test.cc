// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/samples.h"

#include <gtest/gtest.h>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

TEST(RunStarts, AreAlignedApartAndInside) {
    for (const std::uint64_t elements :
         {1024UL, 1500UL, 4095UL, 4096UL, 5000UL, 1UL << 20, (1UL << 33) + 77}) {
        const auto starts = run_starts(elements);
        EXPECT_EQ(starts.size(), elements < 4096 ? 4U : 16U) << elements;
        for (std::size_t i = 0; i < starts.size(); ++i) {
            EXPECT_EQ(starts[i] % kRunElements, 0U);
            EXPECT_LE(starts[i] + kRunElements, elements);
            EXPECT_GE(starts[i], i == 0 ? 0 : starts[i - 1] + kRunElements);
        }
    }
}

TEST(RunStarts, SurviveTheLargestCounts) {
    const std::uint64_t most = (std::uint64_t{1} << 63) - 1;
    EXPECT_LE(run_starts(most).back() + kRunElements, most);
}

// The positions are part of the file format: a change here makes every registered fingerprint worthless.
TEST(RunStarts, AreFixedForEver) {
    const std::vector<std::uint64_t> expected{50688,  65536,  156928, 234752, 307456, 348160,
                                              448768, 465920, 529408, 619008, 682752, 734720,
                                              830976, 902912, 974080, 1015296};
    EXPECT_EQ(run_starts(1 << 20), expected);
}

TEST(ReadSamples, TakesEveryFourthElementOfARun) {
    std::vector<float> values(8192);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(i);
    const auto bytes = testing::encode_f32(values);
    const Tensor tensor{"t", DType::kF32, {64, 128}, values.size(), 0, bytes.size()};
    const auto samples = read_samples(MemorySource(bytes), tensor);
    ASSERT_TRUE(samples.has_value());
    const auto starts = run_starts(values.size());
    for (std::size_t i = 0; i < kSamples; ++i) {
        EXPECT_EQ((*samples)[i], static_cast<float>(starts[i / 64] + i % 64 * 4));
    }
}

TEST(ReadSamples, TakesTheFirstElementsOfASmallTensor) {
    std::vector<float> values(1030);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(i);
    const auto bytes = testing::encode_f32(values);
    const Tensor tensor{"t", DType::kF32, {103, 10}, values.size(), 0, bytes.size()};
    const auto samples = read_samples(MemorySource(bytes), tensor);
    ASSERT_TRUE(samples.has_value());
    for (std::size_t i = 0; i < kSamples; ++i)
        EXPECT_EQ((*samples)[i], static_cast<float>(i));
}

}  // namespace
}  // namespace modelward::fingerprint
