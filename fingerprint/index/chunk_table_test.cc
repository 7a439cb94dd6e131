// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/index/chunk_table.h"

#include <gtest/gtest.h>

#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {
namespace {

std::vector<std::uint32_t> holders(std::span<const ChunkSlot> slots, const Chunk& chunk) {
    std::vector<std::uint32_t> artifacts;
    ChunkTable(slots).find(chunk, [&](std::uint32_t artifact) { artifacts.push_back(artifact); });
    return artifacts;
}

using Places = std::vector<std::uint32_t>;

TEST(ChunkTable, FindsEveryArtifactThatHoldsAChunk) {
    const std::vector<ChunkSlot> chunks{{1, 10, 7}, {2, 20, 7}, {2, 20, 8}, {3, 30, 8}};
    const auto slots = ChunkTable::make(chunks);
    EXPECT_EQ(holders(slots, {2, 20}), (Places{7, 8}));
    EXPECT_EQ(holders(slots, {3, 30}), Places{8});
    EXPECT_TRUE(holders(slots, {4, 20}).empty());
    EXPECT_TRUE(holders(slots, {2, 21}).empty());
}

TEST(ChunkTable, KeepsAChunkThatIsGivenTwiceOnce) {
    const std::vector<ChunkSlot> chunks{{5, 100, 1}, {5, 100, 1}};
    EXPECT_EQ(holders(ChunkTable::make(chunks), {5, 100}), Places{1});
}

TEST(ChunkTable, KeepsAsManyHoldersAsItMay) {
    std::vector<ChunkSlot> chunks{{5, 100, 1000}};
    for (std::uint32_t artifact = 0; artifact < 100; ++artifact)
        chunks.push_back({4, 100, artifact});
    const auto slots = ChunkTable::make(chunks, 3);
    EXPECT_EQ(holders(slots, {4, 100}), (Places{0, 1, 2}));
    EXPECT_EQ(holders(slots, {5, 100}), Places{1000});
    EXPECT_EQ(holders(ChunkTable::make(chunks), {4, 100}).size(), 100U);
}

TEST(ChunkTable, KeepsEverythingOfMany) {
    std::vector<ChunkSlot> chunks;
    for (std::uint32_t artifact = 0; artifact < 20; ++artifact)
        for (std::uint64_t i = 0; i < 1000; ++i)
            chunks.push_back({splitmix64(artifact, i), 100, artifact});
    const auto slots = ChunkTable::make(chunks);
    for (const ChunkSlot& chunk : chunks)
        ASSERT_EQ(holders(slots, {chunk.hash, chunk.length}), Places{chunk.artifact});
}

TEST(ChunkTable, IsEmptyAtFirst) {
    EXPECT_TRUE(ChunkTable::make({}).empty());
    EXPECT_TRUE(holders({}, {1, 1}).empty());
}

TEST(ChunkTable, EndsASearchInATableWithoutAFreeSlot) {
    const std::vector<ChunkSlot> full(8, ChunkSlot{3, 30, 1});
    EXPECT_TRUE(holders(full, {4, 40}).empty());
}

}  // namespace
}  // namespace modelward::fingerprint
