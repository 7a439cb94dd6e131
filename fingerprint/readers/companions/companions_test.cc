// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/companions/companions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/testing/folder_in_memory.h"
#include "fingerprint/testing/model_files.h"
#include "fingerprint/testing/table_checks.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::bytes_of;
using ::testing::ElementsAre;
using testing::expect_defect;
using testing::FolderInMemory;
using ::testing::IsEmpty;
using testing::names;
using testing::noise_bytes;
using testing::OpenedModel;
using testing::safetensors_file;

constexpr std::string_view kIndexName = "model.safetensors.index.json";

Bytes index_of(const std::string& map) {
    return bytes_of(R"({"metadata": {"total_size": 1.5e3, "x": [null, {"y": -1}]}, "weight_map": )" + map +
                    "}");
}

const Bytes kFirst = safetensors_file({{"a", "F32", {2, 3}, noise_bytes(1, 24)}});
const Bytes kSecond =
    safetensors_file({{"b", "F16", {4}, noise_bytes(2, 8)}, {"c", "F32", {2}, noise_bytes(3, 8)}});

TEST(Companions, AreTheShardsThatAnIndexNames) {
    FolderInMemory folder{{"1.safetensors", kFirst}, {"2.safetensors", kSecond}, {"other", kFirst}};
    const OpenedModel model(index_of(R"({"b": "2.safetensors", "a": "1.safetensors", "c": "2.safetensors"})"),
                            kIndexName, folder);
    EXPECT_THAT(folder.asked(), ElementsAre("1.safetensors", "2.safetensors"));
    EXPECT_THAT(model.companions.missing, IsEmpty());
    EXPECT_EQ(unseen_of(model.companions), std::nullopt);
    const auto table = model.table();
    ASSERT_TRUE(table);
    EXPECT_FALSE(table->defect);
    EXPECT_EQ(table->format, "safetensors");
    ASSERT_THAT(names(*table), ElementsAre("a", "b", "c"));
    EXPECT_EQ(model.data(table->tensors[0]), noise_bytes(1, 24));
    EXPECT_EQ(model.data(table->tensors[1]), noise_bytes(2, 8));
    EXPECT_EQ(model.data(table->tensors[2]), noise_bytes(3, 8));
}

TEST(Companions, OneThatIsMissingIsNamedAndTheOthersAreRead) {
    FolderInMemory folder{{"2.safetensors", kSecond}};
    const OpenedModel model(index_of(R"({"a": "1.safetensors", "b": "2.safetensors"})"), kIndexName, folder);
    EXPECT_THAT(model.companions.missing, ElementsAre("1.safetensors"));
    EXPECT_EQ(unseen_of(model.companions), Unseen::kMissing);
    EXPECT_THAT(names(*model.table()), ElementsAre("b", "c"));
}

TEST(Companions, AFileWithoutAnyOfThemStandsForItself) {
    FolderInMemory folder{};
    const OpenedModel model(index_of(R"({"a": "1.safetensors"})"), kIndexName, folder);
    EXPECT_EQ(model.companions.joined, nullptr);
    EXPECT_THAT(model.companions.missing, ElementsAre("1.safetensors"));
}

TEST(Companions, ABrokenShardIsADefectAndTheOthersCount) {
    FolderInMemory folder{{"1.safetensors", bytes_of("no model")}, {"2.safetensors", kSecond}};
    const OpenedModel model(index_of(R"({"a": "1.safetensors", "b": "2.safetensors"})"), kIndexName, folder);
    const auto table = model.table();
    ASSERT_TRUE(table);
    expect_defect(*table, ErrorCode::kInvalid, "1.safetensors: is no model file");
    EXPECT_THAT(names(*table), ElementsAre("b", "c"));
}

// The shards behind the break are not known: what is left is no whole model.
TEST(Companions, AnIndexThatBreaksOffIsADefectAndTheShardsBeforeItCount) {
    FolderInMemory folder{{"1.safetensors", kFirst}, {"2.safetensors", kSecond}};
    for (const char* broken :
         {R"({"weight_map": {"a": "1.safetensors")", R"({"weight_map": {"a": "1.safetensors", "b": "2.safe)",
          R"({"weight_map": {"a": "1.safetensors"} "more")"}) {
        const OpenedModel model(bytes_of(broken), kIndexName, folder);
        EXPECT_THAT(model.companions.missing, IsEmpty()) << broken;
        const auto table = model.table();
        ASSERT_TRUE(table) << broken;
        expect_defect(*table, ErrorCode::kInvalid, "the index of the shards");
        EXPECT_THAT(names(*table), ElementsAre("a")) << broken;
    }
}

// Of 240 shards each may have as many bytes of names as a table keeps.
TEST(Companions, TogetherTheyKeepNoMoreNamesThanOneFile) {
    constexpr std::size_t kTensors = 1200;
    const auto shard_of_long_names = [](char fill) {
        std::vector<testing::StoredTensor> tensors;
        for (std::size_t i = 0; i < kTensors; ++i)
            tensors.push_back(
                {std::string(kMaxNameBytes - 8, fill) + std::to_string(i), "F32", {1}, Bytes(4)});
        return safetensors_file(tensors);
    };
    FolderInMemory folder{
        {"1", shard_of_long_names('a')}, {"2", shard_of_long_names('b')}, {"3", shard_of_long_names('c')}};
    const auto table = OpenedModel(index_of(R"({"a": "1", "b": "2", "c": "3"})"), kIndexName, folder).table();
    ASSERT_TRUE(table);
    EXPECT_EQ(table->tensors.size(), 3 * kTensors);
    std::size_t bytes = 0;
    for (const Tensor& tensor : table->tensors)
        bytes += tensor.name.capacity();
    EXPECT_LE(bytes, kMaxNamesBytes + 3 * kTensors * 16);
}

TEST(Companions, TheirHeadersAreMetadata) {
    FolderInMemory folder{{"1", kFirst}, {"2", kSecond}};
    const OpenedModel model(index_of(R"({"a": "1", "b": "2"})"), kIndexName, folder);
    const auto table = model.table();
    ASSERT_TRUE(table);
    ASSERT_EQ(table->more_headers.size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(table->more_headers[i].begin, model.companions.joined->files()[i].begin);
        EXPECT_EQ(table->more_headers[i].end, table->tensors[i].offset);
    }
}

TEST(Companions, ATensorThatTwoShardsHaveIsKeptTwice) {
    FolderInMemory folder{{"1.safetensors", kFirst}, {"2.safetensors", kFirst}};
    const OpenedModel model(index_of(R"({"a": "1.safetensors", "b": "2.safetensors"})"), kIndexName, folder);
    EXPECT_EQ(model.table()->tensors.size(), 2u);
}

TEST(Companions, NoPathLeadsOutOfTheFolder) {
    FolderInMemory folder{{"good", kFirst}};
    const OpenedModel model(
        index_of(R"({"a": "../secret", "b": "/etc/shadow", "c": "..", "d": ".", "e": "", "f": "x/good",
                     "g": "go\u0000od", "h": ")" +
                 std::string(256, 'n') + R"(", "i": "good"})"),
        kIndexName, folder);
    EXPECT_THAT(folder.asked(), ElementsAre("good"));
    EXPECT_EQ(model.companions.missing.size(), 8u);
}

// Two sparse files may be larger together than a place in a file is.
TEST(Companions, WhatDoesNotFitIsMissing) {
    struct HugeFile final : ByteSource {
        std::uint64_t size() const override { return std::uint64_t{1} << 61; }
        Result<void> read(std::uint64_t /*offset*/, std::span<std::uint8_t> /*into*/) const override {
            return fail(ErrorCode::kIo, "nobody reads it");
        }
    };
    struct HugeFiles final : Siblings {
        Result<std::unique_ptr<ByteSource>> open(const std::string& /*name*/) override {
            return std::make_unique<HugeFile>();
        }
    };
    HugeFiles folder;
    const OpenedModel model(index_of(R"({"a": "1", "b": "2", "c": "3"})"), kIndexName, folder);
    ASSERT_NE(model.companions.joined, nullptr);
    EXPECT_EQ(model.companions.joined->files().size(), 1u);
    EXPECT_THAT(model.companions.missing, ElementsAre("2", "3"));
}

TEST(Companions, OfMoreThanMayBeJoinedNoneIsOpened) {
    std::string map = "{";
    for (std::size_t i = 0; i <= kMostCompanions; ++i)
        map += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\": \"f" + std::to_string(i) + "\"";
    const Bytes index = index_of(map + "}");
    FolderInMemory folder{};
    const auto found = find_companions(MemorySource(index), kIndexName, folder);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->are_too_many);
    EXPECT_EQ(found->joined, nullptr);
    EXPECT_EQ(unseen_of(*found), Unseen::kEntries);
    EXPECT_THAT(folder.asked(), IsEmpty());
}

TEST(Companions, OtherJsonHasNone) {
    FolderInMemory folder{{"1.safetensors", kFirst}};
    for (const char* json :
         {"", "{", "[]", "{}", "[1, 2]", R"({"weight_map": "1.safetensors"})", R"({"weight_map": [1]})",
          R"({"weight_map": {"a": 7}})", R"([{"weights": [], "paths": []}])", R"({"weightsManifest": {}})",
          R"([[[[)", "{\"weight_map\": {\"a\": "}) {
        const OpenedModel model(bytes_of(json), "config.json", folder);
        EXPECT_EQ(model.companions.joined, nullptr) << json;
    }
    EXPECT_THAT(folder.asked(), IsEmpty());
}

TEST(Companions, AnIndexGoesByItsName) {
    FolderInMemory folder{{"1.safetensors", kFirst}};
    const Bytes index = index_of(R"({"a": "1.safetensors"})");
    EXPECT_NE(OpenedModel(index, kIndexName, folder).companions.joined, nullptr);
    EXPECT_EQ(OpenedModel(index, "notes.txt", folder).companions.joined, nullptr);
}

// Of a GGUF whose only tensor has this name.
Bytes gguf_part(std::string_view name, const Bytes& data) {
    return testing::GgufWriter().u64(1).u64(0).info(name, {data.size() / 4}, 0, 0).align().data(data).bytes();
}

TEST(Companions, AreTheOtherPartsOfASplitGguf) {
    FolderInMemory folder{{"m-00002-of-00003.gguf", gguf_part("b", noise_bytes(2, 64))},
                          {"m-00003-of-00003.gguf", gguf_part("c", noise_bytes(3, 32))}};
    const OpenedModel model(gguf_part("a", noise_bytes(1, 96)), "m-00001-of-00003.gguf", folder);
    const auto table = model.table();
    ASSERT_TRUE(table);
    EXPECT_FALSE(table->defect);
    EXPECT_EQ(table->format, "gguf");
    ASSERT_THAT(names(*table), ElementsAre("a", "b", "c"));
    EXPECT_EQ(model.data(table->tensors[0]), noise_bytes(1, 96));
    EXPECT_EQ(model.data(table->tensors[2]), noise_bytes(3, 32));
}

TEST(Companions, AGgufThatIsNotTheFirstPartHasNone) {
    FolderInMemory folder{{"m-00001-of-00003.gguf", gguf_part("b", noise_bytes(2, 64))}};
    for (const char* name : {"m-00002-of-00003.gguf", "m.gguf", "-of-00003.gguf", "m-00001-of-0000x.gguf",
                             "m-00001-of-00001.gguf", "00001-of-00003.gguf", ".gguf", ""})
        EXPECT_EQ(OpenedModel(gguf_part("a", noise_bytes(1, 96)), name, folder).companions.joined, nullptr)
            << name;
    EXPECT_EQ(OpenedModel(bytes_of("GGU"), "m-00001-of-00003.gguf", folder).companions.joined, nullptr);
    EXPECT_EQ(OpenedModel(bytes_of("no model"), "m-00001-of-00003.gguf", folder).companions.joined, nullptr);
    EXPECT_THAT(folder.asked(), IsEmpty());
}

}  // namespace
}  // namespace modelward::fingerprint
