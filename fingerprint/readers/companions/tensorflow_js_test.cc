// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/testing/folder_in_memory.h"
#include "fingerprint/testing/table_checks.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::bytes_of;
using ::testing::ElementsAre;
using testing::expect_defect;
using testing::FolderInMemory;
using testing::names;
using testing::noise_bytes;
using testing::OpenedModel;
using Counts = std::vector<std::uint64_t>;

// As the converter writes it, with the topology in front.
Bytes model_json(const std::string& manifest) {
    return bytes_of(R"({"format": "layers-model", "modelTopology": {"a": [[1.5, {"b": "}]"}], true, null]},
                        "weightsManifest": )" +
                    manifest + "}");
}

TEST(TensorFlowJs, TensorsLieEndToEndAcrossTheFilesOfTheirGroup) {
    const Bytes data = noise_bytes(1, 40);
    FolderInMemory folder{{"shard1", Bytes(data.begin(), data.begin() + 10)},
                          {"shard2", Bytes(data.begin() + 10, data.end())}};
    const OpenedModel model(model_json(R"([{"paths": ["shard1", "shard2"], "weights": [
        {"name": "w", "shape": [2, 3], "dtype": "float32"},
        {"name": "one", "shape": [], "dtype": "int32"},
        {"name": "codes", "shape": [3, 4], "dtype": "float32",
         "quantization": {"min": -2.5, "scale": 1e-3, "dtype": "uint8", "original_dtype": "float32"}}]}])"),
                            "model.json", folder);
    const auto table = model.table();
    ASSERT_TRUE(table);
    EXPECT_FALSE(table->defect) << table->defect->message();
    EXPECT_EQ(table->format, "tensorflow.js");
    ASSERT_THAT(names(*table), ElementsAre("w", "one", "codes"));
    EXPECT_EQ(table->tensors[0].dtype, DType::kF32);
    EXPECT_EQ(table->tensors[0].shape, (Counts{2, 3}));
    EXPECT_EQ(model.data(table->tensors[0]), Bytes(data.begin(), data.begin() + 24));
    EXPECT_EQ(table->tensors[2].dtype, DType::kU8);
    EXPECT_EQ(model.data(table->tensors[2]), Bytes(data.begin() + 28, data.end()));
}

// As older ones do: a list, and the weights before the paths.
TEST(TensorFlowJs, AManifestMayStandAlone) {
    FolderInMemory folder{{"a.bin", noise_bytes(1, 8)}, {"b.bin", noise_bytes(2, 4)}};
    const OpenedModel model(
        bytes_of(R"([{"weights": [{"dtype": "float16", "shape": [4], "name": "a"}], "paths": ["a.bin"]},
                     {"weights": [{"dtype": "float32", "shape": [1], "name": "b"}], "paths": ["b.bin"]}])"),
        "weights_manifest.json", folder);
    const auto table = model.table();
    ASSERT_TRUE(table);
    EXPECT_FALSE(table->defect);
    ASSERT_THAT(names(*table), ElementsAre("a", "b"));
    EXPECT_EQ(model.data(table->tensors[1]), noise_bytes(2, 4));
}

TEST(TensorFlowJs, OfAGroupThatLacksAFileNothingIsReadAndOthersAre) {
    FolderInMemory folder{{"a2", noise_bytes(1, 8)}, {"b", noise_bytes(2, 4)}};
    const OpenedModel model(
        model_json(R"([{"paths": ["a1", "a2"], "weights": [{"name": "a", "shape": [2], "dtype": "float32"}]},
                       {"paths": ["b"], "weights": [{"name": "b", "shape": [1], "dtype": "float32"}]}])"),
        "model.json", folder);
    EXPECT_THAT(model.companions.missing, ElementsAre("a1"));
    const auto table = model.table();
    ASSERT_TRUE(table);
    expect_defect(*table, ErrorCode::kInvalid, "a file is missing of 'a1'");
    EXPECT_THAT(names(*table), ElementsAre("b"));
}

// Where the next tensor begins would be a guess.
TEST(TensorFlowJs, BehindATensorOfUnknownSizeNothingIsReadOfItsGroup) {
    for (const char* unknown :
         {R"({"name": "x", "shape": [-2], "dtype": "string"})",
          R"({"name": "x", "shape": [2], "dtype": "int4"})",
          R"({"name": "x", "shape": [-2], "dtype": "float32"})",
          R"({"name": "x", "shape": [2.5], "dtype": "float32"})",
          R"({"name": "x", "shape": ["2"], "dtype": "float32", "more": {}})",
          R"({"name": "x", "shape": [1,1,1,1,1,1,1,1,2], "dtype": "float32"})",
          R"({"name": "x", "shape": [2], "dtype": "float32", "quantization": {"dtype": "int4"}})",
          R"({"name": "x", "shape": [2]})"}) {
        FolderInMemory folder{{"f", noise_bytes(1, 64)}};
        const OpenedModel model(
            model_json(R"([{"paths": ["f"], "weights": [{"name": "w", "shape": [2], "dtype": "float32"}, )" +
                       std::string(unknown) + R"(, {"name": "z", "shape": [2], "dtype": "float32"}]}])"),
            "model.json", folder);
        const auto table = model.table();
        ASSERT_TRUE(table);
        expect_defect(*table, ErrorCode::kInvalid, "the type or shape of 'x' is not known");
        EXPECT_THAT(names(*table), ElementsAre("w")) << unknown;
    }
}

// Each text is its length and its bytes.
TEST(TensorFlowJs, BehindATensorOfTextsTheNextOneIsFound) {
    const Bytes texts = {2, 0, 0, 0, 'a', 'b', 0, 0, 0, 0, 1, 0, 0, 0, 'c'};
    const Bytes data = noise_bytes(1, 8);
    FolderInMemory folder{{"f", texts}, {"g", data}};
    const auto manifest = [](const char* shape) {
        return model_json(
            R"([{"paths": ["f", "g"], "weights": [{"name": "vocabulary", "dtype": "string", "shape": )" +
            std::string(shape) + R"(}, {"name": "w", "shape": [2], "dtype": "float32"}]}])");
    };
    const OpenedModel model(manifest("[3]"), "model.json", folder);
    const auto table = model.table();
    ASSERT_TRUE(table);
    EXPECT_FALSE(table->defect);
    ASSERT_THAT(names(*table), ElementsAre("w"));
    EXPECT_EQ(model.data(table->tensors[0]), data);
    for (const char* too_many : {"[64]", "[4294967296]", "[4294967296, 4294967296, 4294967296]"}) {
        const auto broken = OpenedModel(manifest(too_many), "model.json", folder).table();
        ASSERT_TRUE(broken);
        expect_defect(*broken, ErrorCode::kInvalid, "'vocabulary' ends beyond its files");
        EXPECT_THAT(names(*broken), ::testing::IsEmpty());
    }
}

TEST(TensorFlowJs, AnEmptyGroupIsPassedOver) {
    FolderInMemory folder{{"a", noise_bytes(1, 8)}};
    const OpenedModel model(model_json(R"([{"paths": [], "weights": []}, {"paths": ["none"], "weights": []},
                       {"paths": ["a"], "weights": [{"name": "a", "shape": [2], "dtype": "float32"}]}])"),
                            "model.json", folder);
    EXPECT_THAT(model.companions.missing, ::testing::IsEmpty());
    const auto table = model.table();
    ASSERT_TRUE(table);
    EXPECT_FALSE(table->defect);
    EXPECT_THAT(names(*table), ElementsAre("a"));
}

TEST(TensorFlowJs, ATensorThatEndsBeyondItsFilesIsADefect) {
    FolderInMemory folder{{"f", noise_bytes(1, 64)}};
    for (const char* shape : {"[17]", "[4294967296, 4294967296, 4294967296]", "[4611686018427387904]"}) {
        const OpenedModel model(
            model_json(R"([{"paths": ["f"], "weights": [{"name": "w", "dtype": "float32", "shape": )" +
                       std::string(shape) + "}]}]"),
            "model.json", folder);
        const auto table = model.table();
        ASSERT_TRUE(table);
        expect_defect(*table, ErrorCode::kInvalid, "'w' ends beyond its files");
    }
}

TEST(TensorFlowJs, WhatBreaksOffIsADefectAndTheGroupsBeforeItCount) {
    FolderInMemory folder{{"a", noise_bytes(1, 8)}};
    const OpenedModel model(
        bytes_of(
            R"([{"paths": ["a"], "weights": [{"name": "a", "shape": [2], "dtype": "float32"}]}, {"paths": [)"),
        "model.json", folder);
    const auto table = model.table();
    ASSERT_TRUE(table);
    expect_defect(*table, ErrorCode::kInvalid, "a value is missing");
    EXPECT_THAT(names(*table), ElementsAre("a"));
}

}  // namespace
}  // namespace modelward::fingerprint
