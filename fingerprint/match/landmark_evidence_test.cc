// SPDX-License-Identifier: Apache-2.0
// The rule for landmarks: a tenth of those of the file or of the artifact.
#include "fingerprint/match/landmark_evidence.h"

#include <gtest/gtest.h>

#include <cmath>

#include "fingerprint/sketches/splitmix.h"
#include "fingerprint/testing/index_of.h"

namespace modelward::fingerprint {
namespace {

HashSample run_of(std::uint64_t first, std::uint64_t count) {
    HashSampler sampler;
    for (std::uint64_t i = first; i < first + count; ++i)
        sampler.add(with_evidence(splitmix64(1, i), true));
    return sampler.take();
}

HashSample together(const HashSample& a, const HashSample& b) {
    HashSampler sampler;
    for (const HashSample* sample : {&a, &b})
        for (const std::uint64_t hash : sample->hashes)
            sampler.add(hash);
    return sampler.take();
}

Fingerprint of(const HashSample& landmarks) {
    Fingerprint fingerprint;
    fingerprint.landmarks = landmarks;
    return fingerprint;
}

std::vector<Match> match(const HashSample& artifact, const HashSample& file) {
    const Index index = testing::index_of({{1, of(artifact)}});
    return match_landmarks(file, index.tables());
}

TEST(LandmarkEvidence, AcceptsATenthOfTheArtifact) {
    const HashSample others = run_of(100'000, 10'000);
    EXPECT_EQ(match(run_of(0, 1000), together(run_of(0, 100), others)).size(), 1U);
    EXPECT_EQ(match(run_of(0, 1000), together(run_of(0, 99), others)).size(), 0U);
}

TEST(LandmarkEvidence, AcceptsATenthOfTheFile) {
    const HashSample artifact = run_of(0, 20'000);
    const auto matches = match(artifact, together(run_of(0, 100), run_of(100'000, 900)));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].method, Method::kLandmarks);
    EXPECT_EQ(matches[0].count, 100U);
    EXPECT_DOUBLE_EQ(matches[0].score, 0.1);
    EXPECT_DOUBLE_EQ(matches[0].share, 0.005);
    EXPECT_EQ(match(artifact, together(run_of(0, 99), run_of(100'000, 901))).size(), 0U);
}

TEST(LandmarkEvidence, WantsSixteen) {
    EXPECT_EQ(match(run_of(0, 1000), run_of(0, 16)).size(), 1U);
    EXPECT_EQ(match(run_of(0, 1000), run_of(0, 15)).size(), 0U);
}

TEST(LandmarkEvidence, FindsAPartOfAVeryLargeArtifact) {
    constexpr std::uint64_t kMany = 1'000'000;
    const auto matches = match(run_of(0, kMany), run_of(500'000, 10'000));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_DOUBLE_EQ(matches[0].score, 1);
    EXPECT_NEAR(matches[0].share, 0.01, 0.001);
    EXPECT_TRUE(match(run_of(0, kMany), run_of(kMany, 10'000)).empty());
}

TEST(LandmarkEvidence, SaysHowLikelyAnAccidentIs) {
    const auto matches = match(run_of(0, 1000), run_of(0, 16));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_NEAR(matches[0].p_accident / std::pow(1024.0 / 1099511627776.0, 3), 1, 1e-6);
}

// The public sample holds one of 2^scale of what both have; all of it is public.
TEST(LandmarkEvidence, KnowsWhatIsPublicAtTheScaleOfThePublicArtifact) {
    const HashSample of_public = run_of(0, 1'000'000);
    ASSERT_GT(of_public.scale, 3U);
    const Index index = testing::index_of({{1, of(together(run_of(0, 10'000), run_of(2'000'000, 2'000)))}},
                                          {{2, of(of_public)}});
    const auto numbers = [&](const HashSample& file) {
        std::vector<std::uint32_t> found;
        for (const Match& match : match_landmarks(file, index.tables()))
            found.push_back(index.tables().artifact(match.artifact).number);
        return found;
    };
    EXPECT_EQ(numbers(run_of(0, 10'000)), std::vector<std::uint32_t>{2});
    EXPECT_EQ(numbers(run_of(2'000'000, 2'000)), std::vector<std::uint32_t>{1});
}

TEST(LandmarkEvidence, SurvivesADamagedIndex) {
    const Index index = testing::index_of({{1, of(run_of(0, 1000))}});
    std::vector<ArtifactRecord> artifacts(index.tables().artifacts.begin(), index.tables().artifacts.end());
    IndexTables tables = index.tables();
    tables.artifacts = artifacts;
    for (const std::uint32_t scale : {1U, kMostSampleScale, kMostSampleScale + 1, ~0U}) {
        artifacts[0].landmark_scale = scale;
        for (const Match& match : match_landmarks(run_of(0, 1000), tables))
            EXPECT_LE(match.share, 1) << scale;
    }
    tables.artifacts = {};
    EXPECT_TRUE(match_landmarks(run_of(0, 1000), tables).empty() ||
                match_landmarks(run_of(0, 1000), tables)[0].share == 0);
}

TEST(LandmarkEvidence, CountsWhatIsPublicForThePublicArtifactOnly) {
    const Index index = testing::index_of({{1, of(run_of(0, 1000))}}, {{2, of(run_of(0, 900))}});
    const auto numbers = [&](const HashSample& file) {
        std::vector<std::uint32_t> found;
        for (const Match& match : match_landmarks(file, index.tables()))
            found.push_back(index.tables().artifact(match.artifact).number);
        return found;
    };
    EXPECT_EQ(numbers(run_of(0, 900)), std::vector<std::uint32_t>{2});
    EXPECT_EQ(numbers(run_of(900, 100)), std::vector<std::uint32_t>{1});
}

}  // namespace
}  // namespace modelward::fingerprint
