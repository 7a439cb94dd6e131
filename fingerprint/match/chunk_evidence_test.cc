// SPDX-License-Identifier: Apache-2.0
// The rule for chunks: a tenth of the bytes of the file or of the artifact.
#include "fingerprint/match/chunk_evidence.h"

#include <gtest/gtest.h>

namespace modelward::fingerprint {
namespace {

std::vector<Chunk> run_of(std::uint64_t first, std::uint64_t count) {
    std::vector<Chunk> chunks;
    for (std::uint64_t i = 0; i < count; ++i)
        chunks.push_back({first + i, 1000});
    return chunks;
}

std::vector<Match> weigh(const std::vector<Chunk>& artifact, const std::vector<Chunk>& file) {
    ChunkIndex index;
    const std::uint64_t bytes = index.add(1, artifact);
    ChunkEvidence evidence(index);
    for (const Chunk& chunk : file)
        evidence.add(chunk);
    return evidence.weigh([bytes](std::uint32_t) { return bytes; });
}

TEST(ChunkEvidence, AcceptsATenthOfTheArtifact) {
    EXPECT_EQ(weigh(run_of(0, 100), run_of(95, 105)).size(), 0U);   // 5 of 100 and of 105
    EXPECT_EQ(weigh(run_of(0, 100), run_of(90, 1000)).size(), 1U);  // 10 of 100
}

TEST(ChunkEvidence, AcceptsATenthOfTheFile) {
    const auto matches = weigh(run_of(0, 1000), run_of(999, 10));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].method, Method::kChunks);
    EXPECT_EQ(matches[0].count, 1U);
    EXPECT_DOUBLE_EQ(matches[0].score, 0.1);
    EXPECT_DOUBLE_EQ(matches[0].share, 0.001);
}

TEST(ChunkEvidence, CountsARepeatedChunkOnce) {
    std::vector<Chunk> file = run_of(5000, 100);
    for (int i = 0; i < 50; ++i)
        file.push_back({7, 1000});
    EXPECT_TRUE(weigh(run_of(0, 100), file).empty());
}

TEST(ChunkEvidence, FindsNothingInOtherContent) {
    EXPECT_TRUE(weigh(run_of(0, 10), run_of(100, 10)).empty());
}

}  // namespace
}  // namespace modelward::fingerprint
