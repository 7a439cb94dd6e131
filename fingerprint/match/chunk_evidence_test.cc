// SPDX-License-Identifier: Apache-2.0
// The rule for chunks: a tenth of the bytes of the file or of the artifact.
#include "fingerprint/match/chunk_evidence.h"

#include <gtest/gtest.h>

#include "fingerprint/testing/index_of.h"

namespace modelward::fingerprint {
namespace {

std::vector<Chunk> run_of(std::uint64_t first, std::uint64_t count) {
    std::vector<Chunk> chunks;
    for (std::uint64_t i = 0; i < count; ++i)
        chunks.push_back({first + i, 1000});
    return chunks;
}

std::vector<Match> weigh(const std::vector<Chunk>& artifact, const std::vector<Chunk>& file) {
    Fingerprint fingerprint;
    fingerprint.chunks = artifact;
    const Index index = testing::index_of({{1, fingerprint}});
    ChunkEvidence evidence(index.tables());
    for (const Chunk& chunk : file)
        evidence.add(chunk);
    return evidence.weigh();
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
    EXPECT_NEAR(matches[0].p_accident * 18446744073709551616.0, 1024,
                1e-6);  // one of a thousand chunks or so
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

TEST(ChunkEvidence, CountsWhatIsPublicForThePublicArtifactOnly) {
    Fingerprint ours, of_public;
    ours.chunks = run_of(0, 100);
    of_public.chunks = run_of(50, 100);
    const Index index = testing::index_of({{1, ours}}, {{2, of_public}});
    const auto of = [&](const std::vector<Chunk>& file) {
        ChunkEvidence evidence(index.tables());
        for (const Chunk& chunk : file)
            evidence.add(chunk);
        return evidence.weigh();
    };
    const auto shared = of(run_of(50, 50));
    ASSERT_EQ(shared.size(), 1U);
    EXPECT_EQ(shared[0].artifact, 1U) << "the place of the public one";
    const auto own = of(run_of(0, 100));
    ASSERT_EQ(own.size(), 2U);
    EXPECT_EQ(own[0].count, 50U);
    EXPECT_EQ(own[1].count, 50U);
}

}  // namespace
}  // namespace modelward::fingerprint
