// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/chunk_index.h"

#include <gtest/gtest.h>

#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {
namespace {

std::vector<std::uint32_t> holders(const ChunkIndex& index, const Chunk& chunk) {
    std::vector<std::uint32_t> artifacts;
    index.find(chunk, [&](std::uint32_t artifact) { artifacts.push_back(artifact); });
    return artifacts;
}

TEST(ChunkIndex, FindsEveryArtifactThatHoldsAChunk) {
    ChunkIndex index;
    const std::vector<Chunk> first{{1, 10}, {2, 20}};
    const std::vector<Chunk> second{{2, 20}, {3, 30}};
    EXPECT_EQ(index.add(7, first), 30U);
    EXPECT_EQ(index.add(8, second), 50U);
    EXPECT_EQ(holders(index, {2, 20}), (std::vector<std::uint32_t>{7, 8}));
    EXPECT_EQ(holders(index, {3, 30}), std::vector<std::uint32_t>{8});
    EXPECT_TRUE(holders(index, {4, 20}).empty());
    EXPECT_TRUE(holders(index, {2, 21}).empty());
}

TEST(ChunkIndex, CountsARepeatedChunkOnce) {
    ChunkIndex index;
    EXPECT_EQ(index.add(1, std::vector<Chunk>{{5, 100}, {5, 100}}), 100U);
    EXPECT_EQ(holders(index, {5, 100}).size(), 1U);
}

TEST(ChunkIndex, GrowsAndKeepsEverything) {
    ChunkIndex index;
    for (std::uint32_t artifact = 0; artifact < 20; ++artifact) {
        std::vector<Chunk> chunks;
        for (std::uint64_t i = 0; i < 1000; ++i)
            chunks.push_back({splitmix64(artifact, i), 100});
        index.add(artifact, chunks);
    }
    for (std::uint32_t artifact = 0; artifact < 20; ++artifact) {
        for (std::uint64_t i = 0; i < 1000; ++i) {
            ASSERT_EQ(holders(index, {splitmix64(artifact, i), 100}), std::vector{artifact});
        }
    }
}

TEST(ChunkIndex, IsEmptyAtFirst) {
    EXPECT_TRUE(holders(ChunkIndex{}, {1, 1}).empty());
}

}  // namespace
}  // namespace modelward::fingerprint
