// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/chunks/chunker.h"

#include <gtest/gtest.h>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

std::vector<std::size_t> lengths_of(std::span<const std::uint8_t> bytes) {
    std::vector<std::size_t> lengths;
    while (!bytes.empty()) {
        lengths.push_back(chunk_length(bytes));
        bytes = bytes.subspan(lengths.back());
    }
    return lengths;
}

TEST(Chunker, CutsWithinItsLimitsAtSixteenKibibytesOnAverage) {
    const Bytes bytes = testing::noise_bytes(1, 8 << 20);
    const auto lengths = lengths_of(bytes);
    for (std::size_t i = 0; i + 1 < lengths.size(); ++i) {
        EXPECT_GE(lengths[i], kLeastChunk);
        EXPECT_LE(lengths[i], kMostChunk);
    }
    EXPECT_NEAR(static_cast<double>(bytes.size()) / static_cast<double>(lengths.size()), 16 * 1024, 2048);
}

TEST(Chunker, CutsWhatNeverCutsAtTheGreatestLength) {
    EXPECT_EQ(chunk_length(Bytes(kMostChunk + 1)), kMostChunk);
    EXPECT_EQ(chunk_length(Bytes(5)), 5U);
    EXPECT_EQ(chunk_length(Bytes(kLeastChunk)), kLeastChunk);
}

// The gear table is part of the file format: a change here makes every registered fingerprint worthless.
TEST(Chunker, CutsAreFixedForEver) {
    const auto lengths = lengths_of(testing::noise_bytes(2, 100'000));
    const std::vector<std::size_t> expected{11117, 39174, 11419, 11039, 25164, 2087};
    EXPECT_EQ(lengths, expected);
}

TEST(TrivialChunk, IsOneThatRepeatsAShortUnit) {
    EXPECT_TRUE(is_trivial_chunk(Bytes(8192)));
    EXPECT_TRUE(is_trivial_chunk(Bytes(8192, 0xFF)));
    const Bytes ones = testing::encode_f32(std::vector<float>(4096, 1.0F));
    EXPECT_TRUE(is_trivial_chunk(ones));
    EXPECT_TRUE(is_trivial_chunk(testing::noise_bytes(3, 63)));
    EXPECT_FALSE(is_trivial_chunk(testing::noise_bytes(3, 64)));
    Bytes nearly(8192);
    nearly.back() = 1;
    EXPECT_FALSE(is_trivial_chunk(nearly));
}

}  // namespace
}  // namespace modelward::fingerprint
