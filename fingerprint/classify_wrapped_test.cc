// SPDX-License-Identifier: Apache-2.0
// Registered models inside archives, compression and encodings.
#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/classify.h"
#include "fingerprint/testing/index_of.h"
#include "fingerprint/testing/numpy_files.h"
#include "fingerprint/testing/small_models.h"
#include "fingerprint/testing/wrapped_files.h"

namespace modelward::fingerprint {
namespace {

using testing::archive_of;
using testing::Bytes;
using testing::wrapped;

constexpr Wrapping kAll[] = {Wrapping::kTar,    Wrapping::kZip,      Wrapping::k7z,   Wrapping::kGzip,
                             Wrapping::kBzip2,  Wrapping::kXz,       Wrapping::kZstd, Wrapping::kLz4,
                             Wrapping::kBase64, Wrapping::kUuencode, Wrapping::kHex};

class ClassifyWrapped : public ::testing::Test {
  protected:
    ClassifyWrapped() {
        index_ =
            testing::index_of({{1, make_fingerprint(MemorySource(model_)).value()},
                               {2, make_fingerprint(MemorySource(testing::small_safetensors(2))).value()}});
    }
    Classification classify(const Bytes& file, Depth depth = Depth::kFull) const {
        return fingerprint::classify(MemorySource(file), index_, depth).value();
    }
    std::vector<Method> methods(const Bytes& file, Depth depth = Depth::kFull) const {
        std::vector<Method> found;
        const Classification classification = classify(file, depth);
        for (const Match& match : classification.matches) {
            EXPECT_EQ(match.artifact, 1U);
            found.push_back(match.method);
        }
        return found;
    }
    const Bytes model_ = testing::small_safetensors(1);
    Index index_;
};

using Methods = std::vector<Method>;

TEST_F(ClassifyWrapped, FindsTheModelByBytesAndTensorsWhole) {
    for (const Wrapping wrapping : kAll) {
        const Bytes file = wrapped(wrapping, model_);
        const Classification found = classify(file);
        EXPECT_EQ(found.format, to_string(wrapping));
        EXPECT_EQ(methods(file), (Methods{Method::kChunks, Method::kTensors})) << to_string(wrapping);
        for (const Match& match : found.matches) {
            EXPECT_GE(match.share, 0.9) << to_string(wrapping);
            EXPECT_GE(match.score, 0.9) << to_string(wrapping);
        }
        EXPECT_EQ(methods(file, Depth::kSampled), Methods{Method::kTensors}) << to_string(wrapping);
    }
}

TEST_F(ClassifyWrapped, FindsAConvertedModelByItsTensors) {
    for (const Wrapping wrapping : kAll)
        EXPECT_EQ(methods(wrapped(wrapping, testing::small_gguf_q4_k(1))).back(), Method::kTensors)
            << to_string(wrapping);
}

TEST_F(ClassifyWrapped, DoesNotAccuseAnotherModel) {
    for (const Wrapping wrapping : kAll)
        EXPECT_TRUE(methods(wrapped(wrapping, testing::small_safetensors(3))).empty()) << to_string(wrapping);
}

// The tensors of a part, of which there is one, are no evidence on their own; its numbers are.
TEST_F(ClassifyWrapped, AShardedModelIsOneModel) {
    const auto tensors = testing::small_model(1, "F16", testing::encode_f16);
    testing::Entries parts;
    for (std::size_t i = 0; i < 6; ++i)
        parts.push_back({"part" + std::to_string(i), testing::gguf_file({tensors[i]})});
    for (const Wrapping wrapping : {Wrapping::kTar, Wrapping::kZip, Wrapping::k7z}) {
        const Bytes file = archive_of(wrapping, parts);
        EXPECT_EQ(methods(file, Depth::kSampled), Methods{Method::kTensors}) << to_string(wrapping);
        EXPECT_EQ(classify(file).matches.back().count, 6U);
    }
    const Bytes part = wrapped(Wrapping::kGzip, parts[0].second);
    EXPECT_TRUE(methods(part, Depth::kSampled).empty());
    EXPECT_EQ(methods(part), Methods{Method::kLandmarks});
}

TEST_F(ClassifyWrapped, SharesAreThoseOfTheDecodedBytes) {
    // The model is an eighth of what is inside; what is compressed is mostly not it.
    const Bytes zip = archive_of(Wrapping::kZip,
                                 {{"model", model_}, {"noise", testing::noise_bytes(9, 7 * model_.size())}});
    const auto matches = classify(zip).matches;
    ASSERT_FALSE(matches.empty());
    EXPECT_EQ(matches[0].method, Method::kChunks);
    EXPECT_NEAR(matches[0].score, 1.0 / 8, 0.02);
}

TEST_F(ClassifyWrapped, ARegisteredArchiveIsKnownByWhatIsInside) {
    const Index index =
        testing::index_of({{5, make_fingerprint(MemorySource(wrapped(Wrapping::kZip, model_))).value()}});
    for (const Bytes& file : {model_, wrapped(Wrapping::kXz, model_), testing::small_gguf_q8_0(1)}) {
        const auto found = fingerprint::classify(MemorySource(file), index, Depth::kFull);
        ASSERT_TRUE(found.has_value());
        ASSERT_FALSE(found->matches.empty());
        EXPECT_EQ(found->matches.back().method, Method::kTensors);
        EXPECT_GE(found->matches.back().share, 0.99);
    }
    EXPECT_EQ(make_fingerprint(MemorySource(wrapped(Wrapping::kZip, model_)))->format, "zip");
}

TEST_F(ClassifyWrapped, RegistersOnlyWhatIsEvidenceOfTheContent) {
    // The constant tensor of a model is no evidence, inside an archive or out of it.
    auto tensors = testing::small_model(1, "F32", testing::encode_f32);
    std::vector<float> ramp(300'000);
    for (std::size_t i = 0; i < ramp.size(); ++i)
        ramp[i] = static_cast<float>(i);
    tensors.push_back({"ramp", "F32", {300, 1000}, testing::encode_f32(ramp)});
    const Bytes with_ramp = testing::safetensors_file(tensors);
    const auto plain = make_fingerprint(MemorySource(with_ramp)).value();
    const auto inside = make_fingerprint(MemorySource(wrapped(Wrapping::kGzip, with_ramp))).value();
    for (const Chunk& chunk : plain.chunks) {
        EXPECT_TRUE(std::ranges::any_of(inside.chunks, [&](const Chunk& c) { return c.hash == chunk.hash; }));
    }
    EXPECT_LE(inside.chunks.size(), plain.chunks.size() + model_.size() / 8192);
}

TEST_F(ClassifyWrapped, NamesWhatWasNotSeen) {
    const Bytes file = archive_of(Wrapping::kZip, {{"a", model_}}, "encryption=traditional");
    const Classification found = classify(file);
    EXPECT_EQ(found.format, "zip");
    EXPECT_EQ(found.unseen, std::vector{Unseen::kEncrypted});
    EXPECT_TRUE(found.matches.empty());
    EXPECT_EQ(make_fingerprint(MemorySource(file))->unseen, std::vector{Unseen::kEncrypted});
}

// What numpy.savez_compressed writes.
Bytes compressed_npz(std::uint64_t seed) {
    testing::Entries arrays;
    for (const testing::StoredTensor& tensor : testing::small_model(seed, "F32", testing::encode_f32)) {
        if (tensor.shape.size() == 2)
            arrays.emplace_back(tensor.name + ".npy",
                                testing::npy_file("<f4", false, "(64, 256)", tensor.data));
    }
    return archive_of(Wrapping::kZip, arrays);
}

TEST_F(ClassifyWrapped, LooksIntoCompressedNpz) {
    EXPECT_EQ(methods(compressed_npz(1)).back(), Method::kTensors);
    for (const Depth depth : {Depth::kSampled, Depth::kFull}) {
        for (const Bytes& file : {compressed_npz(3), archive_of(Wrapping::kZip, {{"a", compressed_npz(3)}},
                                                                "compression=store")}) {
            const auto found = fingerprint::classify(MemorySource(file), index_, depth);
            ASSERT_TRUE(found.has_value()) << found.error().message();
            EXPECT_TRUE(found->matches.empty());
            EXPECT_TRUE(found->unseen.empty());
        }
    }
    const Index index =
        testing::index_of({}, {{5, make_fingerprint(MemorySource(testing::small_safetensors(3))).value()}});
    const auto found = fingerprint::classify(MemorySource(compressed_npz(3)), index, Depth::kFull);
    ASSERT_TRUE(found.has_value()) << found.error().message();
    EXPECT_FALSE(found->public_matches.empty());
}

// Of archives that stand one behind the other one is unwrapped.
TEST_F(ClassifyWrapped, SaysThatACompressedNpzBehindAnotherWasNotSeen) {
    Bytes file = compressed_npz(3);
    const Bytes another = compressed_npz(4);
    file.insert(file.end(), another.begin(), another.end());
    const auto found = fingerprint::classify(MemorySource(file), index_, Depth::kFull);
    EXPECT_TRUE(!found || !found->unseen.empty());
}

}  // namespace
}  // namespace modelward::fingerprint
