// SPDX-License-Identifier: Apache-2.0
// The rule for tensors: three different ones, and half of the file or of the artifact.
#include "fingerprint/match/tensor_evidence.h"

#include <gtest/gtest.h>

#include "fingerprint/sketches/projection.h"
#include "fingerprint/sketches/splitmix.h"
#include "fingerprint/testing/index_of.h"

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
    Fingerprint fingerprint;
    fingerprint.tensors = artifact;
    const Index index = testing::index_of({{kArtifact, fingerprint}});
    const auto matches = TensorEvidence(index.tables(), file).weigh().matches;
    if (matches.empty()) return std::nullopt;
    EXPECT_EQ(matches.size(), 1U);
    return matches[0];
}

TEST(TensorEvidence, AcceptsThreeTensors) {
    const Tensors three{tensor(1), tensor(2), tensor(3)};
    const auto match = weigh(three, three);
    ASSERT_TRUE(match.has_value());
    EXPECT_EQ(match->artifact, 0U) << "its place";
    EXPECT_EQ(match->count, 3U);
    EXPECT_EQ(match->score, 1.0);
    EXPECT_EQ(match->share, 1.0);
    EXPECT_EQ(match->distance, 0);
    EXPECT_LT(match->p_accident, 1e-100);
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

// Far more than what is gone through: the directory is asked.
TEST(TensorEvidence, TellsThousandsOfArtifactsApart) {
    std::vector<std::pair<std::uint32_t, Fingerprint>> artifacts(2000);
    for (std::uint32_t i = 0; i < artifacts.size(); ++i) {
        artifacts[i].first = i;
        for (std::uint64_t t = 0; t < 5; ++t)
            artifacts[i].second.tensors.push_back(tensor(100 * i + t));
    }
    const Index index = testing::index_of(artifacts);
    for (const std::uint32_t i : {0U, 1234U, 1999U}) {
        Tensors file;
        for (std::uint64_t t = 0; t < 5; ++t)
            file.push_back(tensor(100 * i + t, 4096, 20));
        const auto matches = TensorEvidence(index.tables(), file).weigh().matches;
        ASSERT_EQ(matches.size(), 1U);
        EXPECT_EQ(matches[0].artifact, i);
        EXPECT_EQ(matches[0].count, 5U);
    }
    EXPECT_TRUE(TensorEvidence(index.tables(), {tensor(77), tensor(78), tensor(79)}).weigh().matches.empty());
}

TEST(TensorEvidence, SurvivesSizesThatOverflow) {
    const std::uint64_t huge = std::uint64_t{1} << 63;
    const Tensors file{tensor(1, huge), tensor(2, huge), tensor(3, huge)};
    const auto match = weigh(file, file);
    ASSERT_TRUE(match.has_value());
    EXPECT_LE(match->share, 1.0);
}

// Places: 0 a public model, 1 a fine-tune of it, which differs from it in the first twelve bits of each
// tensor.
class FineTune : public ::testing::Test {
  protected:
    static constexpr int kTensors = 10;
    static Tensors made(int distance) {
        Tensors tensors;
        for (std::uint64_t i = 0; i < kTensors; ++i)
            tensors.push_back(tensor(i, 4096, distance));
        return tensors;
    }
    static Fingerprint of(const Tensors& tensors) {
        Fingerprint fingerprint;
        fingerprint.tensors = tensors;
        return fingerprint;
    }
    TensorFindings weigh(const Tensors& file) const { return weigh_against(file, made(12)); }
    static TensorFindings weigh_against(const Tensors& file, const Tensors& ours) {
        IndexBuilder builder;
        builder.add(100, of(made(0)), {.is_public = true});
        builder.add(200, of(ours));
        const Index index = builder.build().value();
        return TensorEvidence(index.tables(), file).weigh();
    }
    // Bits that no other tensor here has turned, as a conversion does.
    static Tensors converted(Tensors tensors) {
        for (TensorSketch& entry : tensors)
            for (std::uint64_t bit = 40; bit < 46; ++bit)
                entry.sketch[bit % 4] ^= std::uint64_t{1} << bit;
        return tensors;
    }
};

TEST_F(FineTune, OfAPublicModelIsFoundWhenItLeaves) {
    const auto findings = weigh(converted(made(12)));
    ASSERT_EQ(findings.matches.size(), 1U);
    EXPECT_EQ(findings.matches[0].artifact, 1U);
    EXPECT_EQ(findings.of_public.size(), 1U) << "it is near that one too";
    EXPECT_TRUE(findings.same_seed.empty());
}

TEST_F(FineTune, DoesNotMakeThePublicModelASecret) {
    const auto findings = weigh(converted(made(0)));
    EXPECT_TRUE(findings.matches.empty());
    EXPECT_TRUE(findings.same_seed.empty());
    ASSERT_EQ(findings.of_public.size(), 1U);
    EXPECT_EQ(findings.of_public[0].artifact, 0U);
}

TEST_F(FineTune, BySomebodyElseIsNotOurs) {
    Tensors theirs = made(0);
    for (TensorSketch& entry : theirs)
        for (std::uint64_t bit = 0; bit < 12; ++bit)  // half of what ours has turned, by chance
            entry.sketch[bit % 4] ^= std::uint64_t{1} << (bit % 2 == 0 ? bit / 4 : 20 + bit);
    EXPECT_TRUE(weigh(theirs).matches.empty());
    EXPECT_EQ(weigh(theirs).of_public.size(), 1U);
}

TEST_F(FineTune, ThatKeepsMostTensorsIsFoundByTheRest) {
    Tensors ours = made(0);
    for (std::uint64_t i = 0; i < 3; ++i)
        ours[i] = tensor(i, 4096, 12);
    EXPECT_EQ(weigh_against(converted(ours), ours).matches.size(), 1U);
    EXPECT_TRUE(weigh_against(converted(made(0)), ours).matches.empty());
}

TEST_F(FineTune, WithLayersOfItsOwnIsFoundByThose) {
    Tensors ours = made(0);
    for (std::uint64_t i = 0; i < 3; ++i)
        ours.push_back(tensor(1000 + i, 1 << 20));
    EXPECT_EQ(weigh_against(converted(ours), ours).matches.size(), 1U);
    EXPECT_TRUE(weigh_against(converted(made(0)), ours).matches.empty());
}

TEST_F(FineTune, ThatChangesNothingAccusesNobody) {
    EXPECT_TRUE(weigh_against(made(0), made(0)).matches.empty());
}

TEST_F(FineTune, CopiesOfATensorAreOneVoice) {
    Tensors ours = made(0);
    ours[0] = tensor(0, 4096, 3);
    Tensors file = made(0);
    for (int copy = 0; copy < 30; ++copy)
        file.push_back(ours[0]);
    EXPECT_TRUE(weigh_against(file, ours).matches.empty());
}

TEST_F(FineTune, FromAPublicStartIsOfNoSecretSeed) {
    const auto findings = weigh_against(made(70), made(0));
    EXPECT_TRUE(findings.matches.empty());
    EXPECT_TRUE(findings.same_seed.empty()) << "the public one is as near";
}

TEST(TensorEvidence, SaysWhatSharesInitialValuesApart) {
    Fingerprint artifact;
    artifact.tensors = {tensor(1), tensor(2), tensor(3)};
    const Index index = testing::index_of({{kArtifact, artifact}});
    const auto at = [&](int distance) {
        return TensorEvidence(index.tables(), {tensor(1, 4096, distance), tensor(2, 4096, distance),
                                               tensor(3, 4096, distance)})
            .weigh();
    };
    EXPECT_TRUE(at(kSameTensorDistance).same_seed.empty());
    EXPECT_TRUE(at(kSameTensorDistance + 1).matches.empty());
    ASSERT_EQ(at(kSameTensorDistance + 1).same_seed.size(), 1U);
    EXPECT_EQ(at(kSameSeedDistance).same_seed[0].distance, kSameSeedDistance);
    EXPECT_TRUE(at(kSameSeedDistance + 1).same_seed.empty());
}

}  // namespace
}  // namespace modelward::fingerprint
