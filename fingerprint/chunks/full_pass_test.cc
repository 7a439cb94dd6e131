// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/chunks/full_pass.h"

#include <gtest/gtest.h>

#include <set>

#include "base/hex.h"
#include "fingerprint/chunks/chunker.h"
#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

std::vector<Chunk> chunks_of(const Bytes& bytes) {
    std::vector<Chunk> chunks;
    const auto collect = [&](std::uint64_t, const Chunk& chunk) { chunks.push_back(chunk); };
    EXPECT_TRUE(full_pass(MemorySource(bytes), {}, collect).has_value());
    return chunks;
}

std::uint64_t bytes_in(const std::vector<Chunk>& chunks, const std::vector<Chunk>& also_in) {
    std::set<std::uint64_t> hashes;
    for (const Chunk& chunk : also_in)
        hashes.insert(chunk.hash);
    std::uint64_t bytes = 0;
    for (const Chunk& chunk : chunks)
        bytes += hashes.contains(chunk.hash) ? chunk.length : 0;
    return bytes;
}

TEST(FullPass, VisitsAdjacentChunksUpToTheEnd) {
    for (const std::size_t size : {64UL, 100'000UL, (1UL << 20) + 65536, 3'500'001UL}) {
        const Bytes bytes = testing::noise_bytes(4, size);
        std::uint64_t end = 0;
        const auto adjacent = [&](std::uint64_t offset, const Chunk& chunk) {
            EXPECT_EQ(offset, end);
            end = offset + chunk.length;
        };
        ASSERT_TRUE(full_pass(MemorySource(bytes), {}, adjacent).has_value());
        EXPECT_EQ(end, size);
    }
}

TEST(FullPass, CutsDoNotDependOnTheBlocksOfReading) {
    const Bytes bytes = testing::noise_bytes(5, 3 << 20);
    std::span<const std::uint8_t> rest = bytes;
    for (const Chunk& chunk : chunks_of(bytes)) {
        ASSERT_EQ(chunk.length, chunk_length(rest));
        rest = rest.subspan(chunk.length);
    }
}

TEST(FullPass, ComputesSha256OnDemand) {
    const Bytes abc{'a', 'b', 'c'};
    const auto ignore = [](std::uint64_t, const Chunk&) {};
    EXPECT_EQ(to_hex(full_pass(MemorySource(abc), {.hash = true}, ignore).value()),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(full_pass(MemorySource(abc), {}, ignore).value(), Sha256{});
}

TEST(FullPass, ChunksSurviveAnInsertion) {
    const Bytes original = testing::noise_bytes(6, 2 << 20);
    Bytes edited = original;
    const Bytes inserted = testing::noise_bytes(7, 1000);
    edited.insert(edited.begin() + 1'000'000, inserted.begin(), inserted.end());
    EXPECT_GT(bytes_in(chunks_of(edited), chunks_of(original)), original.size() * 90 / 100);
}

TEST(FullPass, LeavesTrivialChunksOut) {
    Bytes bytes = testing::noise_bytes(8, 200'000);
    bytes.resize(4 << 20);  // a long hole behind the data
    std::uint64_t visited = 0;
    for (const Chunk& chunk : chunks_of(bytes))
        visited += chunk.length;
    EXPECT_LE(visited, 200'000 + kMostChunk);
}

}  // namespace
}  // namespace modelward::fingerprint
