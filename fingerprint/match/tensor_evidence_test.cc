// SPDX-License-Identifier: Apache-2.0
// The rule for tensors: three different ones, and half of the file or of the artifact.
#include "fingerprint/match/tensor_evidence.h"

#include <gtest/gtest.h>

#include "fingerprint/sketches/projection.h"
#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint32_t kArtifact = 4;

Sketch random_sketch(std::uint64_t seed) {
    Sketch sketch;
    for (std::size_t i = 0; i < sketch.size(); ++i)
        sketch[i] = splitmix64(seed, i);
    return sketch;
}

// A sketch at the given distance from random_sketch(seed).
TensorSketch tensor(std::uint64_t seed, std::uint64_t elements = 4096, int distance = 0) {
    TensorSketch entry{"t" + std::to_string(seed), elements, true, random_sketch(seed)};
    for (int bit = 0; bit < distance; ++bit)
        entry.sketch[bit % 4] ^= std::uint64_t{1} << (bit / 4);
    return entry;
}

using Tensors = std::vector<TensorSketch>;

std::optional<Match> weigh(const Tensors& artifact, const Tensors& file) {
    SketchIndex index;
    index.add(kArtifact, artifact);
    return TensorEvidence(index, file).weigh(kArtifact, artifact);
}

TEST(TensorEvidence, AcceptsThreeTensors) {
    const Tensors three{tensor(1), tensor(2), tensor(3)};
    const auto match = weigh(three, three);
    ASSERT_TRUE(match.has_value());
    EXPECT_EQ(match->artifact, kArtifact);
    EXPECT_EQ(match->count, 3U);
    EXPECT_EQ(match->score, 1.0);
    EXPECT_EQ(match->share, 1.0);
    EXPECT_EQ(match->distance, 0);
}

TEST(TensorEvidence, RefusesTwoTensorsHoweverLarge) {
    const Tensors two{tensor(1, 1 << 30), tensor(2, 1 << 30)};
    EXPECT_FALSE(weigh(two, two).has_value());
}

TEST(TensorEvidence, CountsCopiesOfATensorOnce) {
    const Tensors tied{tensor(1), tensor(1), tensor(2), tensor(2, 4096, 5)};
    EXPECT_FALSE(weigh(tied, tied).has_value());
    const Tensors artifact{tensor(1), tensor(2), tensor(3)};
    EXPECT_FALSE(weigh(artifact, {tensor(1), tensor(1), tensor(1), tensor(2)}).has_value());
}

TEST(TensorEvidence, TakesDistancesUpToTheThreshold) {
    const Tensors artifact{tensor(1), tensor(2), tensor(3)};
    const auto file = [](int distance) {
        return Tensors{tensor(1, 4096, distance), tensor(2, 4096, distance), tensor(3, 4096, distance)};
    };
    const auto match = weigh(artifact, file(kSameTensorDistance));
    ASSERT_TRUE(match.has_value());
    EXPECT_EQ(match->distance, kSameTensorDistance);
    EXPECT_FALSE(weigh(artifact, file(kSameTensorDistance + 1)).has_value());
}

TEST(TensorEvidence, ComparesTensorsOfEqualSizeOnly) {
    const Tensors artifact{tensor(1), tensor(2), tensor(3)};
    EXPECT_FALSE(weigh(artifact, {tensor(1, 8192), tensor(2, 8192), tensor(3, 8192)}).has_value());
}

TEST(TensorEvidence, AcceptsAPartOfTheArtifact) {
    Tensors artifact;
    for (std::uint64_t i = 0; i < 30; ++i)
        artifact.push_back(tensor(i));
    const auto match = weigh(artifact, {tensor(4), tensor(5), tensor(6)});
    ASSERT_TRUE(match.has_value());
    EXPECT_EQ(match->score, 1.0);
    EXPECT_NEAR(match->share, 0.1, 1e-9);
}

TEST(TensorEvidence, AcceptsAFileThatHoldsMoreThanTheArtifact) {
    const Tensors artifact{tensor(1), tensor(2), tensor(3)};
    Tensors file = artifact;
    for (std::uint64_t i = 100; i < 127; ++i)
        file.push_back(tensor(i));
    const auto match = weigh(artifact, file);
    ASSERT_TRUE(match.has_value());
    EXPECT_NEAR(match->score, 0.1, 1e-9);
    EXPECT_EQ(match->share, 1.0);
}

TEST(TensorEvidence, RefusesLessThanHalfOfBoth) {
    Tensors artifact{tensor(1), tensor(2), tensor(3)};
    Tensors file = artifact;
    for (std::uint64_t i = 0; i < 4; ++i) {
        artifact.push_back(tensor(100 + i));
        file.push_back(tensor(200 + i));
    }
    EXPECT_FALSE(weigh(artifact, file).has_value());
}

TEST(TensorEvidence, IgnoresIneligibleTensors) {
    Tensors artifact{tensor(1), tensor(2), tensor(3)};
    artifact[2].eligible = false;
    EXPECT_FALSE(weigh(artifact, {tensor(1), tensor(2), tensor(3)}).has_value());
    Tensors file{tensor(1), tensor(2), tensor(3)};
    file[0].eligible = false;
    EXPECT_FALSE(weigh({tensor(1), tensor(2), tensor(3)}, file).has_value());
}

TEST(TensorEvidence, SaysNothingOfOtherArtifacts) {
    SketchIndex index;
    index.add(kArtifact, {tensor(1), tensor(2), tensor(3)});
    const TensorEvidence evidence(index, {tensor(11), tensor(12), tensor(13)});
    EXPECT_TRUE(evidence.candidates().empty());
    EXPECT_FALSE(evidence.weigh(kArtifact, {}).has_value());
}

TEST(TensorEvidence, SurvivesSizesThatOverflow) {
    const std::uint64_t huge = std::uint64_t{1} << 63;
    const Tensors file{tensor(1, huge), tensor(2, huge), tensor(3, huge)};
    const auto match = weigh(file, file);
    ASSERT_TRUE(match.has_value());
    EXPECT_LE(match->share, 1.0);
}

}  // namespace
}  // namespace modelward::fingerprint
