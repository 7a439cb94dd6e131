// SPDX-License-Identifier: Apache-2.0
// Which bytes are taken for numbers, and for which.
#include "fingerprint/landmarks/number_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

constexpr std::size_t kCount = 8'192;

Bytes behind(std::size_t junk, const Bytes& bytes) {
    Bytes all = testing::noise_bytes(9, junk);
    all.insert(all.end(), bytes.begin(), bytes.end());
    return all;
}

TEST(NumberLayout, KnowsFloatsWhereverTheyBegin) {
    for (const float scale : {0.01F, 1.0F, 50.0F}) {
        auto values = testing::weights(1, kCount);
        std::ranges::transform(values, values.begin(), [&](float value) { return value * scale; });
        const Bytes single = testing::encode_f32(values), bfloat = testing::encode_bf16(values);
        for (std::size_t phase = 0; phase < 4; ++phase) {
            EXPECT_EQ(numbers_in(behind(phase, single)), (NumberLayout{4, phase})) << scale << ", " << phase;
            EXPECT_EQ(numbers_in(behind(phase, bfloat)), (NumberLayout{2, phase % 2}))
                << scale << ", " << phase;
        }
    }
    const Bytes half = testing::encode_f16(testing::weights(1, kCount));
    EXPECT_EQ(numbers_in(behind(1, half)), (NumberLayout{2, 1}));
}

TEST(NumberLayout, TakesBfloat16ThatWasWidenedForSingle) {
    auto values = testing::weights(1, kCount);
    Bytes bytes = testing::encode_f32(values);
    for (std::size_t at = 0; at < bytes.size(); at += 4)
        bytes[at] = bytes[at + 1] = 0;
    EXPECT_EQ(numbers_in(bytes), (NumberLayout{4, 0}));
}

TEST(NumberLayout, KnowsPrunedNumbers) {
    auto values = testing::weights(1, kCount);
    std::ranges::transform(values, values.begin(),
                           [](float value) { return value > -0.01F && value < 0.01F ? 0 : value; });
    EXPECT_EQ(numbers_in(testing::encode_f32(values)), (NumberLayout{4, 0}));
    EXPECT_EQ(numbers_in(testing::encode_bf16(values)), (NumberLayout{2, 0}));
}

TEST(NumberLayout, IsNoneOfOtherBytes) {
    EXPECT_FALSE(numbers_in(testing::noise_bytes(1, 16'384)));
    EXPECT_FALSE(numbers_in(Bytes(16'384, 0)));
    std::string text;
    while (text.size() < 16'384)
        text += "the quick brown fox jumps over the lazy dog; ";
    EXPECT_FALSE(numbers_in(Bytes(text.begin(), text.end())));
    Bytes integers;
    for (std::uint32_t i = 0; i < kCount; ++i)
        for (int byte = 0; byte < 4; ++byte)
            integers.push_back(static_cast<std::uint8_t>(i >> (8 * byte)));
    EXPECT_FALSE(numbers_in(integers));
}

}  // namespace
}  // namespace modelward::fingerprint
