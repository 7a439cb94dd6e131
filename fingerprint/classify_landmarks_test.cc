// SPDX-License-Identifier: Apache-2.0
// Registered weights without their header, or in a format that nobody reads, after a change of type.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "fingerprint/classify.h"
#include "fingerprint/testing/index_of.h"
#include "fingerprint/testing/small_models.h"
#include "fingerprint/testing/wrapped_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using Methods = std::vector<Method>;

Bytes middle_of(const Bytes& bytes) {
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() * 3 / 8) + 1;
    return {begin, begin + static_cast<std::ptrdiff_t>(bytes.size() / 4)};
}

Fingerprint fingerprint_of(const Bytes& file) {
    return make_fingerprint(MemorySource(file)).value();
}

Classification classify(const Index& index, const Bytes& file, Depth depth = Depth::kFull) {
    return fingerprint::classify(MemorySource(file), index, depth).value();
}

Methods methods(const Index& index, const Bytes& file, Depth depth = Depth::kFull) {
    Methods found;
    for (const Match& match : classify(index, file, depth).matches)
        found.push_back(match.method);
    return found;
}

// The weights of a model as no format stores them: all behind each other.
Bytes bare(std::uint64_t seed, testing::Encode encode) {
    Bytes all;
    for (std::uint64_t layer = 0; layer < testing::kSmallMatrices; ++layer) {
        const Bytes bytes = encode(testing::small_matrix(seed, layer).values);
        all.insert(all.end(), bytes.begin(), bytes.end());
    }
    return all;
}

class ClassifyLandmarks : public ::testing::Test {
  protected:
    const Index index_ = testing::index_of({{1, fingerprint_of(testing::small_safetensors(1))},
                                            {2, fingerprint_of(testing::small_safetensors(2))}});
};

TEST_F(ClassifyLandmarks, FindsTheMiddleOfAConvertedModel) {
    for (const testing::Encode encode : {testing::encode_bf16, testing::encode_f16}) {
        const Classification found = classify(index_, middle_of(bare(1, encode)));
        ASSERT_EQ(found.matches.size(), 1U);
        EXPECT_EQ(found.matches[0].artifact, 1U);
        EXPECT_EQ(found.matches[0].method, Method::kLandmarks);
        EXPECT_GT(found.matches[0].score, 0.4);
        EXPECT_NEAR(found.matches[0].share, 0.2, 0.1);
        EXPECT_LT(found.matches[0].p_accident, 1e-100);
    }
}

TEST_F(ClassifyLandmarks, FindsItInWrapping) {
    const Bytes piece = middle_of(bare(1, testing::encode_bf16));
    for (const Wrapping wrapping :
         {Wrapping::kTar, Wrapping::kZip, Wrapping::k7z, Wrapping::kZstd, Wrapping::kBase64})
        EXPECT_EQ(methods(index_, testing::wrapped(wrapping, piece)), Methods{Method::kLandmarks})
            << to_string(wrapping);
}

TEST_F(ClassifyLandmarks, FindsWhatWasRegisteredInATypeOfHalfTheWidth) {
    const Index index = testing::index_of({{1, fingerprint_of(testing::small_gguf_f16(1))}});
    EXPECT_EQ(methods(index, middle_of(bare(1, testing::encode_f32))), Methods{Method::kLandmarks});
}

TEST_F(ClassifyLandmarks, AccusesNoOtherModel) {
    for (std::uint64_t seed = 3; seed < 20; ++seed)
        for (const testing::Encode encode : {testing::encode_f32, testing::encode_f16, testing::encode_bf16})
            EXPECT_TRUE(methods(index_, bare(seed, encode)).empty()) << seed;
}

TEST_F(ClassifyLandmarks, GivesWhatIsPublicToThePublicModel) {
    const Index index = testing::index_of({{1, fingerprint_of(testing::small_safetensors(1))}},
                                          {{2, fingerprint_of(testing::small_gguf_f16(1))}});
    const Classification found = classify(index, middle_of(bare(1, testing::encode_f16)));
    EXPECT_TRUE(found.matches.empty());
    ASSERT_EQ(found.public_matches.size(), 1U);
    EXPECT_EQ(found.public_matches[0].artifact, 2U);
}

// A table that a formula made is in every model of that kind.
TEST(ClassifyLandmarksOfFormulas, AccusesNobodyForAFourierMatrix) {
    std::vector<float> table;
    for (int row = 0; row < 256; ++row)
        for (int column = 0; column < 256; ++column)
            table.push_back(static_cast<float>(std::cos(row * column * std::numbers::pi / 256)));
    const Index index = testing::index_of(
        {{1, fingerprint_of(testing::safetensors_of({testing::small_matrix(1, 0), {table, 256, 256}}))}});
    for (const testing::Encode encode : {testing::encode_f32, testing::encode_f16, testing::encode_bf16})
        EXPECT_TRUE(methods(index, encode(table)).empty());
    EXPECT_EQ(methods(index, testing::encode_bf16(testing::small_matrix(1, 0).values)),
              Methods{Method::kLandmarks});
}

TEST_F(ClassifyLandmarks, LooksInAFullLookOnly) {
    EXPECT_TRUE(methods(index_, bare(1, testing::encode_bf16), Depth::kSampled).empty());
}

}  // namespace
}  // namespace modelward::fingerprint
