// SPDX-License-Identifier: Apache-2.0
// The rules for records: rows of which a file or an artifact consists, and documents that are nearly the
// same.
#include "fingerprint/match/record_evidence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "fingerprint/records/record_hash.h"
#include "fingerprint/testing/index_of.h"

namespace modelward::fingerprint {
namespace {

using Texts = std::vector<std::string>;

Texts rows(int first, int end) {
    Texts rows;
    for (int row = first; row < end; ++row)
        rows.push_back("row number " + std::to_string(row) + " of a data set");
    return rows;
}

// Too short for evidence.
Texts entries(int first, int end) {
    Texts entries;
    for (int entry = first; entry < end; ++entry)
        entries.push_back("token" + std::to_string(entry) + " 1");
    return entries;
}

Texts together(Texts a, const Texts& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

HashSample sample_of(const Texts& texts) {
    HashSampler sampler;
    for (const std::string& text : texts)
        sampler.add(record_hash(text).value());
    return sampler.take();
}

Fingerprint of(const Texts& texts) {
    Fingerprint fingerprint;
    fingerprint.records = sample_of(texts);
    return fingerprint;
}

std::vector<Match> match(const Texts& artifact, const Texts& file) {
    const Index index = testing::index_of({{1, of(artifact)}});
    return match_records(sample_of(file), index.tables());
}

TEST(RecordEvidence, AcceptsHalfOfAFile) {
    const Texts artifact = rows(0, 1000);
    EXPECT_EQ(match(artifact, together(rows(0, 40), rows(5000, 5040))).size(), 1U);
    EXPECT_EQ(match(artifact, together(rows(0, 40), rows(5000, 5041))).size(), 0U);
}

TEST(RecordEvidence, AcceptsAQuarterOfAnArtifact) {
    const Texts others = rows(5000, 9000);
    EXPECT_EQ(match(rows(0, 400), together(rows(0, 100), others)).size(), 1U);
    EXPECT_EQ(match(rows(0, 401), together(rows(0, 100), others)).size(), 0U);
}

TEST(RecordEvidence, WantsThirtyTwoRows) {
    EXPECT_EQ(match(rows(0, 1000), rows(0, 32)).size(), 1U);
    EXPECT_EQ(match(rows(0, 1000), rows(0, 31)).size(), 0U);
}

TEST(RecordEvidence, SaysHowMuchOfWhichThereIs) {
    const auto matches = match(rows(0, 400), together(rows(0, 100), rows(5000, 5100)));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].method, Method::kRecords);
    EXPECT_EQ(matches[0].count, 100U);
    EXPECT_DOUBLE_EQ(matches[0].score, 0.5);
    EXPECT_DOUBLE_EQ(matches[0].share, 0.25);
    EXPECT_LT(matches[0].p_accident, 1e-100);
}

TEST(RecordEvidence, FindsAFewRowsOfVeryMany) {
    constexpr int kMany = 500'000;
    const Texts artifact = rows(0, kMany);
    const auto matches = match(artifact, rows(1000, 2000));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_GT(matches[0].score, 0.99);
    EXPECT_NEAR(matches[0].share, 1000.0 / kMany, 0.001);
    EXPECT_TRUE(match(artifact, rows(kMany, kMany + 1000)).empty());
}

TEST(RecordEvidence, SaysTheShareOfVeryMany) {
    constexpr int kMany = 500'000;
    const auto matches = match(rows(0, kMany), together(rows(0, 200'000), rows(kMany, kMany + 400'000)));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_NEAR(matches[0].share, 0.4, 0.02);
    EXPECT_NEAR(matches[0].score, 1 / 3.0, 0.02);
}

TEST(RecordEvidence, FindsAFewArtifactsRowsInVeryMany) {
    const auto matches = match(rows(0, 1000), rows(0, 500'000));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_NEAR(matches[0].share, 1, 0.3);
}

TEST(RecordEvidence, FindsNoRowsInCommonplaces) {
    EXPECT_TRUE(match(entries(0, 1000), entries(0, 500)).empty());
}

TEST(RecordEvidence, TakesDocumentsThatAreNearlyTheSameForOne) {
    EXPECT_EQ(match(entries(0, 1000), entries(0, 900)).size(), 1U);
    EXPECT_EQ(match(entries(0, 1000), entries(0, 899)).size(), 0U);
    EXPECT_EQ(match(entries(0, 1000), entries(0, 1112)).size(), 0U) << "contained";
}

TEST(RecordEvidence, WantsSmallDocumentsToBeIdentical) {
    EXPECT_EQ(match(entries(0, 64), together(entries(0, 64), entries(90, 91))).size(), 1U);
    EXPECT_EQ(match(entries(0, 63), together(entries(0, 63), entries(90, 91))).size(), 0U);
    EXPECT_EQ(match(entries(0, 16), entries(0, 16)).size(), 1U);
    EXPECT_EQ(match(entries(0, 15), entries(0, 15)).size(), 0U);
}

// The artifacts that are found, by number: 1 is ours, 2 is public.
std::vector<std::uint32_t> found(const Texts& ours, const Texts& of_public, const Texts& file) {
    const Index index = testing::index_of({{1, of(ours)}}, {{2, of(of_public)}});
    std::vector<std::uint32_t> numbers;
    for (const Match& match : match_records(sample_of(file), index.tables()))
        numbers.push_back(index.tables().artifact(match.artifact).number);
    return numbers;
}
using Numbers = std::vector<std::uint32_t>;

TEST(RecordEvidence, CountsPublicRowsForThePublicArtifactOnly) {
    const Texts ours = rows(0, 200), of_public = rows(0, 100);
    EXPECT_EQ(found(ours, of_public, rows(0, 100)), Numbers{2});
    EXPECT_EQ(found(ours, of_public, rows(100, 200)), Numbers{1});
    EXPECT_EQ(found(ours, of_public, rows(0, 200)), (Numbers{1, 2}));
}

TEST(RecordEvidence, GivesADocumentToTheNearer) {
    const Texts of_public = entries(0, 1000);
    const Texts ours = together(entries(0, 990), entries(2000, 2010));
    EXPECT_EQ(found(ours, of_public, of_public), Numbers{2});
    EXPECT_EQ(found(ours, of_public, ours), (Numbers{1, 2}));
    EXPECT_EQ(found(of_public, of_public, of_public), Numbers{2}) << "as near";
}

// The public sample holds one of 2^scale of its rows; all that it was made of is public.
TEST(RecordEvidence, KnowsWhatIsPublicAtTheScaleOfThePublicArtifact) {
    const Texts of_public = rows(0, 1'000'000);
    const Texts ours = together(rows(0, 6'000), rows(2'000'000, 2'004'000));
    EXPECT_EQ(found(ours, of_public, rows(0, 6'000)), Numbers{2});
    EXPECT_EQ(found(ours, of_public, rows(2'000'000, 2'004'000)), Numbers{1});
}

TEST(RecordEvidence, KnowsThatSomethingIsPublicHoweverManyHaveIt) {
    std::vector<std::pair<std::uint32_t, Fingerprint>> artifacts;
    for (std::uint32_t number = 1; number <= 20; ++number)
        artifacts.emplace_back(number, of(rows(0, 100)));
    const Index index = testing::index_of(artifacts, {{99, of(rows(0, 100))}});
    const auto matches = match_records(sample_of(rows(0, 100)), index.tables());
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(index.tables().artifact(matches[0].artifact).number, 99U);
}

TEST(RecordEvidence, ComparesDocumentsOfVeryManyEntries) {
    EXPECT_EQ(match(entries(0, 400'000), entries(0, 380'000)).size(), 1U);
    EXPECT_EQ(match(entries(0, 400'000), entries(0, 330'000)).size(), 0U);
}

TEST(RecordEvidence, SurvivesADamagedIndex) {
    const Index index = testing::index_of({{1, of(rows(0, 100))}});
    std::vector<ArtifactRecord> artifacts(index.tables().artifacts.begin(), index.tables().artifacts.end());
    IndexTables tables = index.tables();
    tables.artifacts = artifacts;
    for (const std::uint32_t scale : {1U, kMostSampleScale, kMostSampleScale + 1, ~0U}) {
        artifacts[0].record_scale = scale;
        artifacts[0].records = scale == 1 ? 0 : 100;
        for (const Match& match : match_records(sample_of(rows(0, 100)), tables))
            EXPECT_LE(match.share, 1) << scale;
    }
}

}  // namespace
}  // namespace modelward::fingerprint
