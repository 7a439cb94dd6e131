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
using testing::expect_defect;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::names;
using testing::ProtobufWriter;
using testing::table_of;
using Counts = std::vector<std::uint64_t>;

// Numbers of fields in onnx.proto.
constexpr std::uint32_t kGraph = 7;
constexpr std::uint32_t kInitializer = 5;
constexpr std::uint32_t kRawData = 9;
constexpr std::uint64_t kFloat = 1;
constexpr std::uint64_t kInt64 = 7;
constexpr std::uint64_t kString = 8;
constexpr std::uint64_t kFloat16 = 10;

ProtobufWriter tensor(std::string_view name, std::uint64_t type, const Counts& shape) {
    ProtobufWriter writer;
    for (const std::uint64_t extent : shape)
        writer.number(1, extent);
    return writer.number(2, type).text(8, name);
}

ProtobufWriter weight(std::string_view name) {
    return tensor(name, kFloat, {2, 3}).bytes(kRawData, testing::noise_bytes(1, 24));
}

Bytes model(const ProtobufWriter& graph) {
    return ProtobufWriter().number(1, 8).text(2, "pytorch").message(kGraph, graph).bytes();
}

ProtobufWriter with(const ProtobufWriter& initializer) {
    return ProtobufWriter().message(kInitializer, initializer);
}

TensorTable read(const Bytes& file) {
    return table_of(kOnnxReader, file);
}

TEST(OnnxReader, ListsInitialisersWithTheirPlace) {
    const Bytes file =
        model(ProtobufWriter()
                  .text(2, "torch_jit")
                  .message(kInitializer, weight("w"))
                  .message(kInitializer, tensor("h", kFloat16, {4}).bytes(kRawData, Bytes(8))));
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_EQ(table.format, "onnx");
    ASSERT_THAT(names(table), ElementsAre("w", "h"));
    EXPECT_EQ(table.tensors[0].shape, (Counts{2, 3}));
    EXPECT_EQ(table.tensors[0].dtype, DType::kF32);
    const Bytes data = testing::noise_bytes(1, 24);
    EXPECT_TRUE(std::equal(data.begin(), data.end(),
                           file.begin() + static_cast<std::ptrdiff_t>(table.tensors[0].offset)));
    EXPECT_EQ(table.tensors[1].dtype, DType::kF16);
    EXPECT_EQ(table.data_start, table.tensors[0].offset);
}

TEST(OnnxReader, ReadsPackedDimensionsAndTypedData) {
    const ProtobufWriter floats = ProtobufWriter()
                                      .bytes(1, {2, 3})
                                      .number(2, kFloat)
                                      .bytes(4, testing::noise_bytes(1, 24))
                                      .text(8, "f");
    const TensorTable table = read(model(with(floats)));
    ASSERT_THAT(names(table), ElementsAre("f"));
    EXPECT_EQ(table.tensors[0].shape, (Counts{2, 3}));
    const ProtobufWriter doubles = tensor("d", 11, {3}).bytes(10, Bytes(24));
    EXPECT_EQ(read(model(with(doubles))).tensors.at(0).dtype, DType::kF64);
}

TEST(OnnxReader, ListsTensorsOfNodesSubgraphsFunctionsAndTraining) {
    const auto node = [](const ProtobufWriter& attribute) {
        return ProtobufWriter().text(2, "output").message(5, attribute);
    };
    const ProtobufWriter constant = node(ProtobufWriter().text(1, "value").message(5, weight("")));
    const ProtobufWriter branch = node(ProtobufWriter().message(6, with(weight("branch"))));
    const ProtobufWriter sparse = ProtobufWriter().message(1, weight("sparse"));
    const ProtobufWriter graph = ProtobufWriter().message(1, constant).message(1, branch).message(15, sparse);
    const Bytes file = ProtobufWriter()
                           .number(1, 8)
                           .message(kGraph, graph)
                           .message(20, ProtobufWriter().message(1, with(weight("training"))))
                           .message(25, ProtobufWriter().message(7, constant))
                           .bytes();
    EXPECT_THAT(names(read(file)), ElementsAre("output", "branch", "sparse", "training", "output (2)"));
}

TEST(OnnxReader, NotesDataInOtherFilesAndListsTheRest) {
    const ProtobufWriter external =
        tensor("far", kFloat, {2, 3}).message(13, ProtobufWriter().text(1, "location"));
    const TensorTable table =
        read(model(ProtobufWriter().message(kInitializer, external).message(kInitializer, weight("near"))));
    expect_defect(table, ErrorCode::kUnsupported, "tensor 'far' has its data in another file");
    EXPECT_THAT(names(table), ElementsAre("near"));
}

TEST(OnnxReader, NotesTensorsThatItCannotUse) {
    const auto note = [](const ProtobufWriter& initializer, ErrorCode code, const std::string& because) {
        expect_defect(read(model(with(initializer))), code, because);
    };
    note(tensor("t", 22, {4}).bytes(kRawData, Bytes(2)), ErrorCode::kUnsupported, "unknown type 22");
    note(tensor("t", 999, {4}), ErrorCode::kUnsupported, "unknown type 999");
    note(tensor("t", kFloat, {2, 3}).bytes(kRawData, Bytes(23)), ErrorCode::kInvalid,
         "needs 24 bytes and has 23");
    note(tensor("t", kFloat, {~std::uint64_t{0}}), ErrorCode::kInvalid, "too large");
    note(tensor("t", kFloat, Counts(9, 1)).bytes(kRawData, Bytes(4)), ErrorCode::kLimit, "dimensions");
    note(tensor("t", kFloat16, {2}).bytes(5, {1, 2}), ErrorCode::kUnsupported, "one by one");
    note(tensor("t", kFloat, {2}).bytes(4, Bytes(4)).bytes(4, Bytes(4)), ErrorCode::kUnsupported,
         "in pieces");
}

TEST(OnnxReader, LeavesOutTextsAndIntegersWithoutANote) {
    const TensorTable table =
        read(model(ProtobufWriter()
                       .message(kInitializer, tensor("s", kString, {1}).text(6, "text"))
                       .message(kInitializer, tensor("i", kInt64, {2}).bytes(7, {1, 2}))));
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_THAT(names(table), IsEmpty());
}

TEST(OnnxReader, KeepsTheWholeTensorsOfATruncatedModel) {
    Bytes file =
        model(ProtobufWriter().message(kInitializer, weight("whole")).message(kInitializer, weight("cut")));
    file.pop_back();
    const TensorTable table = read(file);
    expect_defect(table, ErrorCode::kInvalid, "ends inside data");
    EXPECT_THAT(names(table), ElementsAre("whole"));
}

TEST(OnnxReader, SurvivesEveryCut) {
    const Bytes whole =
        model(ProtobufWriter().message(kInitializer, weight("a")).message(kInitializer, weight("b")));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        const auto table = kOnnxReader.read(MemorySource(cut));
        ASSERT_TRUE(table.has_value());
        for (const Tensor& each : table->tensors)
            EXPECT_LE(each.offset + each.bytes, length);
    }
}

TEST(OnnxReader, RefusesFieldsThatLeaveTheirMessage) {
    // The graph announces two bytes less than its tensor has.
    Bytes graph = with(weight("w")).bytes();
    graph[1] = static_cast<std::uint8_t>(graph[1] + 2);
    Bytes file =
        ProtobufWriter().number(1, 8).text(2, "p").bytes(kGraph, graph).number(5, 1).number(5, 1).bytes();
    expect_defect(read(file), ErrorCode::kInvalid, "beyond the message");
}

TEST(OnnxReader, BoundsTheDepthOfGraphs) {
    ProtobufWriter graph = with(weight("deep"));
    for (int depth = 0; depth < 20; ++depth) {
        graph = ProtobufWriter().message(1, ProtobufWriter().message(5, ProtobufWriter().message(6, graph)));
    }
    expect_defect(read(model(graph)), ErrorCode::kLimit, "nested deeper than 16");
}

TEST(OnnxReader, SaysThatOtherMessagesAreUnknown) {
    for (const Bytes& other : {ProtobufWriter().number(1, 3).text(2, "a").number(3, 1).bytes(),
                               Bytes{8, 1, 0x12, 0xFF, 0xFF}, Bytes{8, 1, 0x12, 0, 7, 7, 7}}) {
        const TensorTable table = read(other);
        EXPECT_EQ(table.format, "unknown");
        EXPECT_FALSE(table.defect.has_value());
    }
}

TEST(OnnxReader, ClaimsWhatBeginsLikeAModel) {
    EXPECT_TRUE(kOnnxReader.claims(Bytes{8, 7, 0x3A, 0x80, 1}));
    EXPECT_TRUE(kOnnxReader.claims(Bytes{0x3A, 0x80, 1}));
    EXPECT_FALSE(kOnnxReader.claims(Bytes{8, 99, 0x12}));
    EXPECT_FALSE(kOnnxReader.claims(Bytes{8, 7, 0x13}));
    EXPECT_FALSE(kOnnxReader.claims(Bytes{8, 7}));
}

}  // namespace
}  // namespace modelward::fingerprint
