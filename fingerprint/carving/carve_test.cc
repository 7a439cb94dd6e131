// SPDX-License-Identifier: Apache-2.0
// Models that do not begin at the file's first byte.
#include "fingerprint/carving/carve.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "fingerprint/carving/signature_search.h"
#include "fingerprint/classify.h"
#include "fingerprint/readers/chunked_data.h"
#include "fingerprint/testing/hdf5_chunks.h"
#include "fingerprint/testing/index_of.h"
#include "fingerprint/testing/packed_matrices.h"
#include "fingerprint/testing/small_models.h"
#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

Bytes operator+(Bytes front, const Bytes& back) {
    front.insert(front.end(), back.begin(), back.end());
    return front;
}

Bytes junk(std::size_t bytes) {
    return Bytes(bytes, 'j');
}

std::size_t eligible(const CarvedModels& carved) {
    std::size_t count = 0;
    for (const SampledFile& model : carved.models)
        count += static_cast<std::size_t>(std::ranges::count_if(model.tensors, &TensorSketch::eligible));
    return count;
}

CarvedModels carve_at(const Bytes& file, const std::vector<Place>& places) {
    return carve(MemorySource(file), places).value();
}

TEST(Carve, ReadsTheModelThatBeginsAtAPlace) {
    const Bytes file = junk(1000) + testing::small_gguf_f16(1);
    const CarvedModels models = carve_at(file, {{1000}});
    EXPECT_EQ(eligible(models), 6U);
    ASSERT_EQ(models.models.size(), 1U);
    EXPECT_EQ(models.unseen, std::vector<Unseen>{});
    const Tensor& last = models.models[0].table.back();
    EXPECT_LE(last.offset + last.bytes, file.size());
    EXPECT_GT(last.offset + last.bytes, file.size() - 64) << "offsets are those of the file";
}

TEST(Carve, APlaceWhereNothingBeginsCostsNothing) {
    const CarvedModels models = carve_at(junk(5000), {{1}, {100, 50}, {4999}, {5000}, {1ULL << 63}});
    EXPECT_TRUE(models.models.empty());
    EXPECT_EQ(models.unseen, std::vector<Unseen>{});
}

TEST(Carve, OneModelAfterAnother) {
    const Bytes first = testing::small_safetensors(1), second = testing::small_gguf_q8_0(2);
    const CarvedModels models = carve_at(junk(10) + first + junk(10) + second, {{10}, {20 + first.size()}});
    EXPECT_EQ(eligible(models), 12U);
}

TEST(Carve, AHeaderThatClaimsEverythingHidesNothing) {
    const Bytes model = testing::small_gguf_q8_0(1);
    const Bytes decoy = testing::safetensors_file({{"decoy", "U8", {2, model.size() / 2}, model}});
    const CarvedModels carved = carve_at(junk(1) + decoy, {{1}, {1 + decoy.size() - model.size()}});
    EXPECT_EQ(carved.models.size(), 2U);
}

TEST(Carve, StopsAtItsLimitOfTensorsAndSaysSo) {
    std::vector<testing::StoredTensor> many;
    for (std::size_t i = 0; i < kMostCarvedTensors / 2 + 1; ++i)
        many.push_back({std::to_string(i), "U8", {1}, Bytes(1, 0)});
    const Bytes model = testing::safetensors_file(many);
    const CarvedModels carved =
        carve_at(junk(1) + model + model + model, {{1}, {1 + model.size()}, {1 + 2 * model.size()}});
    ASSERT_EQ(carved.models.size(), 2U);
    EXPECT_EQ(carved.models[0].tensors.size() + carved.models[1].tensors.size(), kMostCarvedTensors);
    EXPECT_EQ(carved.unseen, (std::vector<Unseen>{Unseen::kCorrupt, Unseen::kPlaces}));
}

TEST(Carve, TablesOfChunksCountAgainstThatLimit) {
    // A matrix of as many chunks as a file may have, of which one is written.
    testing::Hdf5Writer file(0);
    const auto tree = testing::add_chunk_tree(file, {{{0, 0}, Bytes(8)}}, {1, 2});
    const auto dataset = file.header({testing::hdf5_dataspace({kMaxChunks - kChunksPerTensor, 2}),
                                      testing::hdf5_float(4), testing::hdf5_chunked(tree, {1, 2})});
    const Bytes model = file.finish(file.group({{"w", dataset}}));
    const CarvedModels carved = carve_at(model, {{0}, {0}, {0}});
    EXPECT_EQ(carved.models.size(), kMostCarvedTensors * kChunksPerTensor / kMaxChunks);
    EXPECT_EQ(carved.unseen, std::vector<Unseen>{Unseen::kPlaces});
}

TEST(Carve, SaysThatAModelCouldNotBeReadWhole) {
    const Bytes model = testing::safetensors_file({{"a", "F32", {2}, Bytes(8)}, {"b", "F99", {2}, Bytes(8)}});
    EXPECT_EQ(carve_at(junk(10) + model, {{10}}).unseen, std::vector<Unseen>{Unseen::kCorrupt});
}

TEST(Carve, WhatStandsBehindAModelIsNoDefectOfIt) {
    for (const Bytes& model : {testing::small_safetensors(1), testing::small_gguf_f16(1)})
        EXPECT_EQ(carve_at(junk(10) + model + junk(5000), {{10}}).unseen, std::vector<Unseen>{});
}

// By way of classify().

Classification recognise(const Bytes& file, Depth depth = Depth::kFull) {
    const Bytes registered = testing::small_safetensors(1);
    const Index index = testing::index_of({{0, make_fingerprint(MemorySource(registered)).value()}});
    return classify(MemorySource(file), index, depth).value();
}

TEST(Carve, AConvertedModelBehindJunkIsRecognisedByItsTensors) {
    for (const Bytes& model : {testing::small_gguf_q8_0(1), testing::small_gguf_q4_k(1)}) {
        for (const Depth depth : {Depth::kSampled, Depth::kFull}) {
            const Classification found = recognise(junk(1000) + model, depth);
            ASSERT_FALSE(found.matches.empty());
            EXPECT_EQ(found.matches.back().method, Method::kTensors)
                << "beside chunks of what is not quantised";
            EXPECT_GE(found.matches.back().share, 0.99);
        }
    }
}

TEST(Carve, ASampledLookSearchesTheFrontOnly) {
    const Bytes file = junk(kSampledSearchBytes) + testing::small_gguf_q8_0(1);
    EXPECT_TRUE(recognise(file, Depth::kSampled).matches.empty());
    EXPECT_FALSE(recognise(file, Depth::kFull).matches.empty());
    const Bytes nearer = junk(kSampledSearchBytes - 100) + testing::small_gguf_q8_0(1);
    EXPECT_FALSE(recognise(nearer, Depth::kSampled).matches.empty());
}

TEST(Carve, AModelBehindAnotherIsRecognised) {
    EXPECT_FALSE(recognise(testing::small_gguf_f16(2) + testing::small_gguf_q8_0(1)).matches.empty());
    EXPECT_TRUE(recognise(testing::small_gguf_f16(2) + testing::small_gguf_q8_0(3)).matches.empty());
}

TEST(Carve, BothOfTwoRegisteredModelsAreNamed) {
    const Bytes first = testing::small_safetensors(1), second = testing::small_safetensors(2);
    const Index index = testing::index_of({{0, make_fingerprint(MemorySource(first)).value()},
                                           {1, make_fingerprint(MemorySource(second)).value()}});
    const Bytes file = testing::small_gguf_q8_0(1) + testing::small_gguf_q8_0(2);
    std::set<std::uint32_t> named;
    const Classification found = classify(MemorySource(file), index, Depth::kFull).value();
    for (const Match& match : found.matches)
        if (match.method == Method::kTensors) named.insert(match.artifact);
    EXPECT_EQ(named, (std::set<std::uint32_t>{0, 1}));
}

TEST(Carve, APartOfAModelIsNotDilutedByAnother) {
    const auto tensors = testing::small_model(1, "F32", testing::encode_f32);
    Bytes shard = testing::safetensors_file({tensors[0], tensors[1], tensors[2]});
    EXPECT_FALSE(recognise(junk(10) + shard).matches.empty());
    Bytes others;
    for (std::uint64_t seed = 3; seed < 9; ++seed)
        others = others + testing::small_safetensors(seed);
    const Classification found = recognise(others + shard);
    ASSERT_FALSE(found.matches.empty());
    EXPECT_EQ(found.matches.back().method, Method::kTensors);
}

TEST(Carve, RearrangedMatricesBehindJunkAreRecognisedByTheirRows) {
    std::vector<testing::Matrix> turned;
    for (std::uint64_t layer = 0; layer < testing::kSmallMatrices; ++layer)
        turned.push_back(testing::transposed(testing::small_matrix(1, layer)));
    const Classification found = recognise(junk(1000) + testing::safetensors_of(turned));
    ASSERT_EQ(found.matches.size(), 1U);
    EXPECT_EQ(found.matches[0].method, Method::kRows);
}

TEST(Carve, RearrangedMatricesInChunksBehindJunkAreRecognisedByTheirRows) {
    testing::Hdf5Writer file(0);
    testing::Hdf5Children children;
    for (std::uint64_t layer = 0; layer < testing::kSmallMatrices; ++layer) {
        const testing::Matrix turned = testing::transposed(testing::small_matrix(1, layer));
        children.emplace_back(std::to_string(layer),
                              testing::add_chunked(file, {turned.rows, turned.columns}, {100, 30}, {1},
                                                   testing::encode_f32(turned.values)));
    }
    const Classification found = recognise(junk(1000) + file.finish(file.group(children)));
    ASSERT_EQ(found.matches.size(), 1U);
    EXPECT_EQ(found.matches[0].method, Method::kRows);
}

TEST(Carve, APackedModelBehindJunkIsRecognisedByItsRows) {
    for (const auto packing : {testing::Packing::kGptq, testing::Packing::kAwq}) {
        const Bytes model = testing::safetensors_file(testing::small_packed_model(1, packing));
        const Classification found = recognise(junk(1000) + model);
        ASSERT_EQ(found.matches.size(), 1U);
        EXPECT_EQ(found.matches[0].method, Method::kRows);
    }
}

TEST(Carve, AFileThatIsFloodedWithBeginningsIsNotSeenWhole) {
    Bytes file = junk(1);
    for (std::size_t i = 0; i <= kMostPlaces; ++i)
        file = file + testing::GgufWriter(3).bytes() + junk(1);
    EXPECT_EQ(recognise(file + testing::small_gguf_q8_0(1)).unseen,
              (std::vector<Unseen>{Unseen::kCorrupt, Unseen::kPlaces}));
}

}  // namespace
}  // namespace modelward::fingerprint
