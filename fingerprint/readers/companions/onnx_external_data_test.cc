// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/testing/folder_in_memory.h"
#include "fingerprint/testing/protobuf_writer.h"
#include "fingerprint/testing/table_checks.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using ::testing::ElementsAre;
using testing::expect_defect;
using testing::FolderInMemory;
using ::testing::IsEmpty;
using testing::names;
using testing::noise_bytes;
using testing::OpenedModel;
using testing::ProtobufWriter;
using Entries = std::vector<std::pair<std::string, std::string>>;

// A tensor of 2 x 3 floats whose data is where the entries say.
ProtobufWriter external(std::string_view name, const Entries& entries) {
    ProtobufWriter tensor;
    tensor.number(1, 2).number(1, 3).number(2, 1).text(8, name);
    for (const auto& [key, value] : entries)
        tensor.message(13, ProtobufWriter().text(1, key).text(2, value));
    return tensor.number(14, 1);
}

ProtobufWriter inside(std::string_view name, const Bytes& data) {
    return ProtobufWriter().number(1, 2).number(1, 3).number(2, 1).text(8, name).bytes(9, data);
}

Bytes model_of(const std::vector<ProtobufWriter>& tensors) {
    ProtobufWriter graph;
    for (const ProtobufWriter& tensor : tensors)
        graph.message(5, tensor);
    return ProtobufWriter().number(1, 8).text(2, "pytorch").message(7, graph).bytes();
}

TEST(OnnxExternalData, IsReadWhereTheModelSays) {
    const Bytes data = noise_bytes(1, 60);
    FolderInMemory folder{{"model.onnx.data", data}, {"other.bin", noise_bytes(2, 24)}};
    const OpenedModel model(
        model_of({external("a", {{"location", "model.onnx.data"}, {"offset", "32"}, {"length", "24"}}),
                  inside("b", noise_bytes(3, 24)), external("c", {{"location", "./other.bin"}}),
                  external("d", {{"location", "model.onnx.data"}, {"checksum", "00ff"}})}),
        "model.onnx", folder);
    EXPECT_THAT(folder.asked(), ElementsAre("model.onnx.data", "other.bin"));
    const auto table = model.table();
    ASSERT_TRUE(table);
    EXPECT_FALSE(table->defect) << table->defect->message();
    EXPECT_EQ(table->format, "onnx");
    ASSERT_THAT(names(*table), ElementsAre("b", "d", "a", "c"));  // by their place
    EXPECT_EQ(model.data(table->tensors[0]), noise_bytes(3, 24));
    EXPECT_EQ(model.data(table->tensors[1]), Bytes(data.begin(), data.begin() + 24));
    EXPECT_EQ(model.data(table->tensors[2]), Bytes(data.begin() + 32, data.begin() + 56));
    EXPECT_EQ(model.data(table->tensors[3]), noise_bytes(2, 24));
}

TEST(OnnxExternalData, WhatDoesNotFitIsADefectAndTheOthersCount) {
    const auto expect = [](const Entries& entries, ErrorCode code, const std::string& because) {
        FolderInMemory folder{{"f", noise_bytes(1, 60)}};
        const OpenedModel model(model_of({external("bad", entries), external("good", {{"location", "f"}})}),
                                "model.onnx", folder);
        const auto table = model.table();
        ASSERT_TRUE(table);
        expect_defect(*table, code, because);
        EXPECT_THAT(names(*table), ElementsAre("good"));
    };
    expect({{"location", "f"}, {"length", "23"}}, ErrorCode::kInvalid, "does not fit what it says");
    expect({{"location", "f"}, {"offset", "x1"}}, ErrorCode::kInvalid, "does not fit what it says");
    expect({{"location", "f"}, {"offset", "-1"}}, ErrorCode::kInvalid, "does not fit what it says");
    expect({{"location", "f"}, {"offset", "99999999999999999999"}}, ErrorCode::kInvalid, "does not fit");
    expect({{"location", "f"}, {"offset", "37"}}, ErrorCode::kInvalid, "ends beyond 'f'");
    expect({{"location", "f"}, {"offset", "18446744073709551615"}}, ErrorCode::kInvalid, "ends beyond 'f'");
    expect({{"location", "missing"}}, ErrorCode::kUnsupported, "'missing', which is not read with it");
    expect({{"offset", "1"}}, ErrorCode::kUnsupported, "has its data in another file");
}

TEST(OnnxExternalData, PathsOutOfTheFolderAreNotOpened) {
    FolderInMemory folder{{"f", noise_bytes(1, 60)}};
    const OpenedModel model(
        model_of({external("a", {{"location", "../../etc/shadow"}}), external("b", {{"location", "/f"}}),
                  external("c", {{"location", "x/f"}}), external("d", {{"location", "f"}})}),
        "model.onnx", folder);
    EXPECT_THAT(folder.asked(), ElementsAre("f"));
    EXPECT_THAT(model.companions.missing, ElementsAre("../../etc/shadow", "/f", "x/f"));
    EXPECT_THAT(names(*model.table()), ElementsAre("d"));
}

// The graph ends where the model does, whatever stands in the files behind it.
TEST(OnnxExternalData, TheOtherFilesAreNoPartOfTheGraph) {
    FolderInMemory folder{{"f", model_of({inside("not of this model", noise_bytes(3, 24))})}};
    const OpenedModel model(model_of({external("a", {{"location", "f"}})}), "model.onnx", folder);
    EXPECT_THAT(names(*model.table()), ElementsAre("a"));
}

TEST(OnnxExternalData, AModelThatHasItsWeightsInsideHasNoCompanions) {
    FolderInMemory folder{{"f", noise_bytes(1, 60)}};
    EXPECT_EQ(
        OpenedModel(model_of({inside("a", noise_bytes(1, 24))}), "model.onnx", folder).companions.joined,
        nullptr);
    EXPECT_EQ(OpenedModel(noise_bytes(5, 400), "model.onnx", folder).companions.joined, nullptr);
    EXPECT_EQ(OpenedModel({}, "model.onnx", folder).companions.joined, nullptr);
    EXPECT_THAT(folder.asked(), IsEmpty());
}

}  // namespace
}  // namespace modelward::fingerprint
