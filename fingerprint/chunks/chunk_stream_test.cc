// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/chunks/chunk_stream.h"

#include <gtest/gtest.h>

#include "fingerprint/chunks/chunker.h"
#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

struct Cut {
    std::uint64_t offset;
    std::uint32_t length;
    bool operator==(const Cut&) const = default;
};

std::vector<Cut> cuts_of(const Bytes& bytes, std::size_t piece) {
    std::vector<Cut> cuts;
    ChunkStream stream(
        100'000, [&](std::uint64_t offset, const Chunk& chunk) { cuts.push_back({offset, chunk.length}); });
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        stream.push(std::span(bytes).subspan(at, std::min(piece, bytes.size() - at)));
    stream.finish();
    return cuts;
}

TEST(ChunkStream, CutsAsTheChunkerDoesHoweverTheBytesCome) {
    const Bytes bytes = testing::noise_bytes(1, 1 << 20);
    std::vector<Cut> expected;
    for (std::span<const std::uint8_t> rest = bytes; !rest.empty();) {
        const auto length = chunk_length(rest);
        expected.push_back({bytes.size() - rest.size(), static_cast<std::uint32_t>(length)});
        rest = rest.subspan(length);
    }
    for (const std::size_t piece : {999U, 65'536U, 300'000U, 1U << 21})
        EXPECT_EQ(cuts_of(bytes, piece), expected) << piece;
}

TEST(ChunkStream, StartsAgainAfterTheEndOfAContent) {
    std::vector<Cut> cuts;
    ChunkStream stream(
        100, [&](std::uint64_t offset, const Chunk& chunk) { cuts.push_back({offset, chunk.length}); });
    for (const std::size_t size : {100U, 200U}) {
        stream.push(testing::noise_bytes(size, size));
        stream.finish();
    }
    EXPECT_EQ(cuts, (std::vector<Cut>{{0, 100}, {0, 200}}));
}

}  // namespace
}  // namespace modelward::fingerprint
