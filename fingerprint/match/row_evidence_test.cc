// SPDX-License-Identifier: Apache-2.0
// The rule for rows and columns: three different vectors a tensor, nine in all, in three tensors of the
// artifact, and half of what was looked at or of the artifact.
#include "fingerprint/match/row_evidence.h"

#include <gtest/gtest.h>

#include "fingerprint/sketches/splitmix.h"
#include "fingerprint/testing/index_of.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint32_t kArtifact = 4;
constexpr std::uint64_t kLength = 512;
constexpr std::uint64_t kElements = 1000;

// Vectors `first` to `first + count - 1` of an endless list of different ones.
VectorSketches vectors(std::uint64_t first, std::uint64_t count, std::uint32_t tensor = 0, int distance = 0) {
    VectorSketches group{tensor, kLength, {}};
    for (std::uint64_t i = first; i < first + count; ++i) {
        VectorSketch sketch{splitmix64(1, i), splitmix64(2, i)};
        for (int bit = 0; bit < distance; ++bit)
            sketch[bit % 2] ^= std::uint64_t{1} << (bit / 2);
        group.sketches.push_back(sketch);
    }
    return group;
}

// The artifact has four tensors of a thousand elements and a hundred vectors each.
class Weighing : public ::testing::Test {
  protected:
    Weighing() {
        Fingerprint artifact;
        for (std::uint32_t tensor = 0; tensor < 4; ++tensor)
            artifact.vectors.push_back(vectors(100 * tensor, 100, tensor));
        artifact.tensors = {{"all of it", 4 * kElements, true, {}}};
        index_ = testing::index_of({{kArtifact, artifact}});
    }
    void add(const VectorSketches& asked, std::uint64_t elements = kElements) {
        evidence_.add(elements, {asked});
    }
    std::vector<Match> weigh(std::uint64_t file_elements = 3 * kElements) const {
        return evidence_.weigh(file_elements);
    }
    Index index_;
    RowEvidence evidence_{index_.tables()};
};

TEST_F(Weighing, AcceptsThreeVectorsInEachOfThreeTensors) {
    for (const std::uint64_t tensor : {0, 1, 2})
        add(vectors(100 * tensor + 7, 3));
    const auto matches = weigh();
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].artifact, 0U) << "its place";
    EXPECT_EQ(matches[0].method, Method::kRows);
    EXPECT_EQ(matches[0].score, 1.0);
    EXPECT_EQ(matches[0].share, 0.75);
    EXPECT_EQ(matches[0].count, 3U);
    EXPECT_EQ(matches[0].distance, 0);
    EXPECT_LT(matches[0].p_accident, 1e-100);
}

TEST_F(Weighing, AcceptsOneTensorThatIsAStackOfThree) {
    VectorSketches stack = vectors(0, 3);
    for (const std::uint64_t tensor : {1, 2}) {
        const auto more = vectors(100 * tensor, 3);
        stack.sketches.insert(stack.sketches.end(), more.sketches.begin(), more.sketches.end());
    }
    add(stack);
    EXPECT_EQ(weigh().size(), 1U);
}

TEST_F(Weighing, RefusesTwoTensorsOfTheArtifactHoweverManyTheirVectors) {
    add(vectors(0, 100));
    add(vectors(100, 100));
    EXPECT_TRUE(weigh().empty());
}

TEST_F(Weighing, DoesNotCountATensorByTwoVectors) {
    add(vectors(0, 50));
    add(vectors(100, 50));
    add(vectors(200, 2));
    EXPECT_TRUE(weigh().empty());
}

TEST_F(Weighing, CountsCopiesOfAVectorOnce) {
    for (const std::uint64_t tensor : {0, 1, 2}) {
        VectorSketches copies = vectors(100 * tensor, 1);
        copies.sketches.resize(10, copies.sketches[0]);
        add(copies);
    }
    EXPECT_TRUE(weigh().empty());
}

TEST_F(Weighing, CountsTheSameVectorsOfSeveralTensorsOnce) {
    for (int copy = 0; copy < 3; ++copy) {
        VectorSketches one = vectors(0, 1);
        one.sketches.push_back(vectors(100, 1).sketches[0]);
        one.sketches.push_back(vectors(200, 1).sketches[0]);
        add(one);
    }
    EXPECT_TRUE(weigh().empty());
}

TEST_F(Weighing, TakesATiedTensorOfTheArtifactForOne) {
    Fingerprint artifact;
    artifact.vectors = {vectors(0, 100, 0), vectors(0, 100, 1), vectors(0, 100, 2)};
    artifact.tensors = {{"all of it", kElements, true, {}}};
    const Index index = testing::index_of({{kArtifact, artifact}});
    RowEvidence evidence(index.tables());
    evidence.add(kElements, {vectors(0, 100)});
    EXPECT_TRUE(evidence.weigh(kElements).empty());
}

TEST_F(Weighing, RefusesALittleOfTheFileThatIsALittleOfTheArtifact) {
    for (const std::uint64_t tensor : {0, 1, 2})
        add(vectors(100 * tensor, 3), 100);
    add(vectors(5000, 50), 400);
    EXPECT_TRUE(weigh(700).empty());
}

TEST_F(Weighing, AcceptsALittleOfTheFileThatIsHalfOfTheArtifact) {
    for (const std::uint64_t tensor : {0, 1, 2})
        add(vectors(100 * tensor, 3));
    add(vectors(5000, 50), 5 * kElements);
    EXPECT_EQ(weigh(8 * kElements).size(), 1U);
}

TEST_F(Weighing, SaysHowFarWhatIsFoundWasChanged) {
    for (const std::uint64_t tensor : {0, 1, 2})
        add(vectors(100 * tensor, 5, 0, 7));
    const auto matches = weigh();
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].distance, 14);
}

TEST_F(Weighing, FindsNothingInOtherVectorsOrInVectorsOfAnotherLength) {
    for (const std::uint64_t tensor : {0, 1, 2}) {
        add(vectors(1000 + 100 * tensor, 100));
        VectorSketches other = vectors(100 * tensor, 100);
        other.length = kLength + 1;
        add(other);
    }
    EXPECT_TRUE(weigh().empty());
}

TEST_F(Weighing, SurvivesImpossibleNumbersOfElements) {
    for (const std::uint64_t tensor : {0, 1, 2})
        add(vectors(100 * tensor, 3), ~std::uint64_t{0} / 2);
    const auto matches = weigh(~std::uint64_t{0});
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_LE(matches[0].share, 1.0);
}

}  // namespace
}  // namespace modelward::fingerprint
