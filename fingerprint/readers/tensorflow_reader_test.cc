// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/protobuf_writer.h"
#include "fingerprint/testing/table_checks.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using ::testing::ElementsAre;
using testing::expect_data;
using testing::expect_defect;
using ::testing::IsEmpty;
using testing::names;
using testing::ProtobufWriter;
using testing::table_of;
using Counts = std::vector<std::uint64_t>;

constexpr std::uint64_t kFloat = 1;
constexpr std::uint64_t kInt32 = 3;
constexpr std::uint64_t kString = 7;
constexpr std::uint64_t kQint8 = 11;
constexpr std::uint64_t kHalf = 19;
constexpr std::uint32_t kNode = 1;
constexpr std::uint32_t kContent = 4;
constexpr std::uint32_t kFloats = 5;
constexpr std::uint32_t kHalves = 13;

ProtobufWriter tensor(std::uint64_t type, const Counts& shape) {
    ProtobufWriter dimensions;
    for (const std::uint64_t extent : shape)
        dimensions.message(2, ProtobufWriter().number(1, extent));
    return ProtobufWriter().number(1, type).message(2, dimensions);
}

// A node whose attribute "value" is the tensor.
ProtobufWriter constant(std::string_view name, const ProtobufWriter& tensor) {
    const auto entry = ProtobufWriter().text(1, "value").message(2, ProtobufWriter().message(8, tensor));
    return ProtobufWriter().text(1, name).text(2, "Const").message(5, entry);
}

const Bytes kWeights = testing::noise_bytes(1, 24);

ProtobufWriter graph_of(const ProtobufWriter& tensor) {
    return ProtobufWriter().message(kNode, constant("w", tensor));
}

TensorTable read(const ProtobufWriter& graph) {
    return table_of(kTensorFlowReader, graph.bytes());
}

TEST(TensorFlowReader, ListsTheConstantsOfAFrozenGraph) {
    const Bytes file =
        ProtobufWriter()
            .message(kNode, ProtobufWriter().text(1, "input").text(2, "Placeholder"))
            .message(kNode, constant("conv/w", tensor(kFloat, {2, 3}).bytes(kContent, kWeights)))
            .message(kNode, constant("half", tensor(kHalf, {4}).bytes(kContent, Bytes(8))))
            .bytes();
    const TensorTable table = table_of(kTensorFlowReader, file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_EQ(table.format, "tensorflow");
    ASSERT_THAT(names(table), ElementsAre("conv/w", "half"));
    EXPECT_EQ(table.tensors[0].dtype, DType::kF32);
    EXPECT_EQ(table.tensors[0].shape, (Counts{2, 3}));
    expect_data(file, table.tensors[0], kWeights);
    EXPECT_EQ(table.tensors[1].dtype, DType::kF16);
}

TEST(TensorFlowReader, ListsTheConstantsOfFunctions) {
    const auto function =
        ProtobufWriter().message(3, constant("w", tensor(kFloat, {6}).bytes(kContent, kWeights)));
    const auto graph = ProtobufWriter()
                           .message(kNode, ProtobufWriter().text(1, "x").text(2, "NoOp"))
                           .message(2, ProtobufWriter().message(1, function));
    EXPECT_THAT(names(read(graph)), ElementsAre("w"));
}

TEST(TensorFlowReader, ListsTheConstantsOfASavedModel) {
    const auto meta_graph = ProtobufWriter()
                                .message(1, ProtobufWriter().text(5, std::string(200, 'v')))
                                .message(2, graph_of(tensor(kFloat, {2, 3}).bytes(kContent, kWeights)));
    const Bytes file = ProtobufWriter().number(1, 1).message(2, meta_graph).bytes();
    const TensorTable table = table_of(kTensorFlowReader, file);
    EXPECT_EQ(table.format, "tensorflow");
    ASSERT_THAT(names(table), ElementsAre("w"));
    expect_data(file, table.tensors[0], kWeights);
}

TEST(TensorFlowReader, ReadsPackedFloats) {
    const ProtobufWriter graph = graph_of(tensor(kFloat, {6}).bytes(kFloats, kWeights));
    const TensorTable table = read(graph);
    ASSERT_THAT(names(table), ElementsAre("w"));
    expect_data(graph.bytes(), table.tensors[0], kWeights);
}

TEST(TensorFlowReader, OneValueThatIsRepeatedIsNoWeight) {
    const TensorTable table = read(graph_of(tensor(kFloat, {100, 100}).bytes(kFloats, Bytes(4))));
    EXPECT_THAT(names(table), IsEmpty());
    EXPECT_FALSE(table.defect.has_value());
}

TEST(TensorFlowReader, TextIsNoWeight) {
    const TensorTable table = read(graph_of(tensor(kString, {1}).text(8, "label")));
    EXPECT_THAT(names(table), IsEmpty());
    EXPECT_FALSE(table.defect.has_value());
}

TEST(TensorFlowReader, NotesWhatItCannotUse) {
    expect_defect(read(graph_of(tensor(99, {6}).bytes(kContent, kWeights))), ErrorCode::kUnsupported,
                  "has the unknown type 99");
    expect_defect(read(graph_of(tensor(kFloat, {60}).bytes(kContent, Bytes(80)))), ErrorCode::kInvalid,
                  "needs 240 bytes and has 80");
    expect_defect(read(graph_of(tensor(kFloat, {1ULL << 62, 4}).bytes(kContent, kWeights))),
                  ErrorCode::kInvalid, "too large");
    expect_defect(read(graph_of(tensor(kFloat, Counts(9, 1)).bytes(kContent, Bytes(4)))), ErrorCode::kLimit,
                  "too many dimensions");
    expect_defect(read(graph_of(tensor(kHalf, {100}).bytes(kHalves, Bytes(100, 1)))), ErrorCode::kUnsupported,
                  "one by one");
}

TEST(TensorFlowReader, KeepsWhatStandsBeforeTheEnd) {
    Bytes file = ProtobufWriter()
                     .message(kNode, constant("first", tensor(kFloat, {6}).bytes(kContent, kWeights)))
                     .message(kNode, constant("second", tensor(kFloat, {6}).bytes(kContent, kWeights)))
                     .bytes();
    file.resize(file.size() - 10);
    const TensorTable table = table_of(kTensorFlowReader, file);
    EXPECT_THAT(names(table), ElementsAre("first"));
    EXPECT_TRUE(table.defect.has_value());
}

TEST(TensorFlowReader, ContentCountsBeforeValues) {
    const ProtobufWriter graph =
        graph_of(tensor(kFloat, {2, 3}).bytes(kContent, kWeights).bytes(kFloats, Bytes(4)));
    const TensorTable table = read(graph);
    ASSERT_THAT(names(table), ElementsAre("w"));
    expect_data(graph.bytes(), table.tensors[0], kWeights);
}

TEST(TensorFlowReader, SaysThatItDoesNotReadValuesInPieces) {
    const auto pieces = tensor(kFloat, {100}).bytes(kFloats, Bytes(396)).bytes(kFloats, Bytes(4));
    expect_defect(read(graph_of(pieces)), ErrorCode::kUnsupported, "in pieces");
    auto numbers = tensor(kQint8, {100});
    for (int i = 0; i < 100; ++i)
        numbers.number(7, 1);
    expect_defect(read(graph_of(numbers)), ErrorCode::kUnsupported, "one by one");
    auto shape = tensor(kInt32, {100});
    for (int i = 0; i < 100; ++i)
        shape.number(7, 1);
    EXPECT_FALSE(read(graph_of(shape)).defect.has_value()) << "no weights are 32-bit integers";
}

TEST(TensorFlowReader, ReadsNodesWhoseNamesAreLongOrComeLater) {
    const auto weights = tensor(kFloat, {2, 3}).bytes(kContent, kWeights);
    const std::string longest(300, 'n');
    EXPECT_THAT(names(read(ProtobufWriter().message(kNode, constant(longest, weights)))),
                ElementsAre(longest));
    const auto entry = ProtobufWriter().text(1, "value").message(2, ProtobufWriter().message(8, weights));
    const auto turned = ProtobufWriter().text(2, "Const").text(1, "w").message(5, entry);
    EXPECT_EQ(read(ProtobufWriter().message(kNode, turned)).tensors.size(), 1U);
}

TEST(TensorFlowReader, ClaimsNoText) {
    const auto claims = [](std::string_view text) {
        return kTensorFlowReader.claims(Bytes(text.begin(), text.end()));
    };
    EXPECT_FALSE(claims("\nfirst line\nsecond line\nthird\n"));
    EXPECT_FALSE(claims(std::string_view("\x0A\x80\x80\x80\x80\x80\x80\x80", 8)));
    EXPECT_FALSE(claims("\x0A"));
    EXPECT_FALSE(claims(""));
}

// Lists of people with their addresses begin as graphs do, and so do models of ONNX.
TEST(TensorFlowReader, WhatHoldsNoConstantIsOfUnknownFormat) {
    for (const ProtobufWriter& other :
         {ProtobufWriter().message(1, ProtobufWriter().text(1, std::string(80, 'n'))),
          ProtobufWriter().message(1, ProtobufWriter()
                                          .text(1, "Ada")
                                          .text(2, "Lovelace")
                                          .message(5, ProtobufWriter().text(1, "a street").text(2, "Paris"))),
          ProtobufWriter().number(1, 8).text(2, "\n:").message(7, ProtobufWriter().text(2, "torch"))}) {
        const TensorTable table = read(other);
        EXPECT_EQ(table.format, kUnknownFormat);
        EXPECT_FALSE(table.defect.has_value());
    }
}

}  // namespace
}  // namespace modelward::fingerprint
