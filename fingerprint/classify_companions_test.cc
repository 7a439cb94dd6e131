// SPDX-License-Identifier: Apache-2.0
// Models in several files: the header that names the others, and all of them together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/classify.h"
#include "fingerprint/dtypes/little_endian.h"
#include "fingerprint/testing/folder_in_memory.h"
#include "fingerprint/testing/index_of.h"
#include "fingerprint/testing/protobuf_writer.h"
#include "fingerprint/testing/small_models.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::bytes_of;
using testing::FolderInMemory;
using testing::OpenedModel;
using testing::ProtobufWriter;

std::vector<Method> methods(const Index& index, const ByteSource& file, Depth depth = Depth::kFull) {
    std::vector<Method> found;
    const auto classified = classify(file, index, depth);
    if (classified)
        for (const Match& match : classified->matches)
            found.push_back(match.method);
    return found;
}

Index registered(const ByteSource& file) {
    return testing::index_of({{1, make_fingerprint(file).value()}});
}

// A shard of the model, by the places of its tensors.
Bytes shard_of(std::uint64_t seed, std::size_t first, std::size_t count) {
    const auto all = testing::small_model(seed, "F32", testing::encode_f32);
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    return testing::safetensors_file({begin, begin + static_cast<std::ptrdiff_t>(count)});
}

FolderInMemory shards(std::uint64_t seed) {
    return {{"1", shard_of(seed, 0, 4)}, {"2", shard_of(seed, 4, 4)}};
}

Bytes index_of_shards() {
    return bytes_of(R"({"weight_map": {"first": "1", "last": "2"}})");
}

TEST(ClassifyCompanions, ShardsAreOneArtifact) {
    FolderInMemory folder = shards(1);
    const OpenedModel model(index_of_shards(), "index.json", folder);
    const Index index = registered(*model.companions.joined);
    const auto whole = classify(MemorySource(testing::small_gguf_q8_0(1)), index, Depth::kFull);
    ASSERT_TRUE(whole);
    ASSERT_FALSE(whole->matches.empty());
    EXPECT_EQ(whole->matches.back().method, Method::kTensors);
    EXPECT_GT(whole->matches.back().share, 0.99);
    EXPECT_THAT(methods(index, MemorySource(shard_of(1, 0, 4))), ::testing::Contains(Method::kTensors));
    EXPECT_THAT(methods(index, MemorySource(testing::small_gguf_q8_0(2))), ::testing::IsEmpty());
}

TEST(ClassifyCompanions, ShardsOfAnotherFormatAreFoundTogether) {
    const Index index = registered(MemorySource(testing::small_safetensors(1)));
    FolderInMemory folder = shards(1);
    const OpenedModel model(index_of_shards(), "index.json", folder);
    for (const Depth depth : {Depth::kSampled, Depth::kFull}) {
        const auto found = classify(*model.companions.joined, index, depth);
        ASSERT_TRUE(found && !found->matches.empty());
        EXPECT_EQ(found->format, "safetensors");
        EXPECT_GT(found->matches.back().share, 0.99);
    }
    FolderInMemory others = shards(2);
    const OpenedModel other(index_of_shards(), "index.json", others);
    EXPECT_THAT(methods(index, *other.companions.joined), ::testing::IsEmpty());
}

// A graph of nodes that take a header's most bytes, and weights in another file.
struct ExternalModel {
    FolderInMemory folder;
    OpenedModel model;

    explicit ExternalModel(std::uint64_t seed)
        : folder{{"weights", data_of(seed)}}, model(header_of(seed), "model.onnx", folder) {}

    static Bytes data_of(std::uint64_t seed) {
        Bytes all;
        for (std::uint64_t layer = 0; layer < testing::kSmallMatrices; ++layer) {
            const Bytes bytes = testing::encode_f32(testing::small_matrix(seed, layer).values);
            all.insert(all.end(), bytes.begin(), bytes.end());
        }
        return all;
    }
    static Bytes header_of(std::uint64_t seed) {
        ProtobufWriter graph;
        for (std::uint64_t node = 0; node < 6000; ++node)
            graph.message(1, ProtobufWriter().text(1, "node" + std::to_string(node * node)).text(4, "Mul"));
        // Its own, and too short to be evidence.
        graph.message(5, ProtobufWriter().number(1, 16).number(2, 1).text(8, "bias").bytes(
                             9, testing::noise_bytes(seed, 64)));
        for (std::uint64_t layer = 0; layer < testing::kSmallMatrices; ++layer) {
            const testing::Matrix matrix = testing::small_matrix(seed, layer);
            const std::size_t bytes = matrix.values.size() * sizeof(float);
            ProtobufWriter tensor;
            tensor.number(1, matrix.rows)
                .number(1, matrix.columns)
                .number(2, 1)
                .text(8, "w" + std::to_string(layer));
            tensor.message(13, ProtobufWriter().text(1, "location").text(2, "weights"));
            tensor.message(13, ProtobufWriter().text(1, "offset").text(2, std::to_string(layer * bytes)));
            graph.message(5, tensor);
        }
        return ProtobufWriter().number(1, 8).text(2, "pytorch").message(7, graph).bytes();
    }
};

TEST(ClassifyCompanions, AnArtifactWithExternalDataIsFoundAfterAConversion) {
    const ExternalModel ours(1);
    const Index index = registered(*ours.model.companions.joined);
    EXPECT_THAT(methods(index, MemorySource(testing::small_gguf_q4_k(1))),
                ::testing::ElementsAre(Method::kTensors));
    EXPECT_THAT(methods(index, MemorySource(ExternalModel::data_of(1))),
                ::testing::Contains(Method::kChunks));
}

// Whoever trains the same architecture has the same graph, and it may be most of a header's bytes.
TEST(ClassifyCompanions, TheGraphOfAHeaderIsNoEvidence) {
    const ExternalModel ours(1);
    const Index index = registered(*ours.model.companions.joined);
    const ExternalModel others(2);
    ASSERT_GT(others.model.header.size(), 100'000u);
    EXPECT_THAT(methods(index, MemorySource(others.model.header)), ::testing::IsEmpty());
    EXPECT_THAT(methods(index, *others.model.companions.joined), ::testing::IsEmpty());
}

// A shard whose header says much that is the same for every model of its kind.
Bytes shard_with_long_header(std::uint64_t seed, std::size_t first) {
    const Bytes shard = shard_of(seed, first, 4);
    const auto data = shard.begin() + 8 + static_cast<std::ptrdiff_t>(load_le<std::uint64_t>(shard.data()));
    std::string header = R"({"__metadata__": {"about": ")";
    for (const std::uint8_t byte : testing::noise_bytes(first, 400'000))
        header += static_cast<char>('a' + byte % 16);
    constexpr std::string_view kBegin = R"({"__metadata__":{)";
    header += "\", " + std::string(shard.begin() + 8 + kBegin.size(), data);
    return testing::raw_safetensors(header, Bytes(data, shard.end()));
}

TEST(ClassifyCompanions, TheHeadersOfShardsAreNoEvidence) {
    FolderInMemory our_folder{{"1", shard_with_long_header(1, 0)}, {"2", shard_with_long_header(1, 4)}};
    const OpenedModel ours(index_of_shards(), "index.json", our_folder);
    const Index index = registered(*ours.companions.joined);
    FolderInMemory their_folder{{"1", shard_with_long_header(2, 0)}, {"2", shard_with_long_header(2, 4)}};
    const OpenedModel others(index_of_shards(), "index.json", their_folder);
    EXPECT_THAT(methods(index, *ours.companions.joined), ::testing::Contains(Method::kChunks));
    EXPECT_THAT(methods(index, *others.companions.joined), ::testing::IsEmpty());
    EXPECT_THAT(methods(index, MemorySource(shard_with_long_header(2, 0))), ::testing::IsEmpty());
}

}  // namespace
}  // namespace modelward::fingerprint
