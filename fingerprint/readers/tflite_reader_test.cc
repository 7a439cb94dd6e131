// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/flatbuffer_writer.h"
#include "fingerprint/testing/little_endian_writer.h"
#include "fingerprint/testing/table_checks.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using ::testing::ElementsAre;
using testing::expect_defect;
using testing::FlatbufferWriter;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::names;
using testing::table_of;
using Counts = std::vector<std::uint64_t>;

constexpr std::uint8_t kFloat32 = 0;
constexpr std::uint8_t kFloat16 = 1;
constexpr std::uint8_t kString = 5;
constexpr std::uint8_t kInt4 = 17;

struct TensorSpec {
    std::string name;
    std::uint8_t type = kFloat32;
    Counts shape;
    std::uint32_t buffer = 0;
    bool is_sparse = false;
};

// One subgraph with these tensors; buffer 0 is empty, as converters write it.
struct ModelWriter {
    FlatbufferWriter file{"TFL3"};
    std::size_t buffers = 0;

    ModelWriter(const std::vector<TensorSpec>& tensors, const std::vector<Bytes>& data) {
        const std::size_t model = file.table({4, 0, 4, 0, 4});
        file.point(0, model);
        const std::size_t subgraphs = file.vector(1, 4);
        file.point(file.field(model, 2), subgraphs);
        const std::size_t subgraph = file.table({4});
        file.point(subgraphs + 4, subgraph);
        const std::size_t list = file.vector(static_cast<std::uint32_t>(tensors.size()), 4);
        file.point(file.field(subgraph, 0), list);
        for (std::size_t i = 0; i < tensors.size(); ++i)
            add(list + 4 + 4 * i, tensors[i]);
        buffers = file.vector(static_cast<std::uint32_t>(data.size() + 1), 4);
        file.point(file.field(model, 4), buffers);
        for (std::size_t i = 0; i <= data.size(); ++i) {
            const std::size_t buffer = file.table({static_cast<std::uint8_t>(i == 0 ? 0 : 4)});
            file.point(buffers + 4 + 4 * i, buffer);
            if (i > 0) file.point(file.field(buffer, 0), file.data(data[i - 1]));
        }
    }

    void add(std::size_t at, const TensorSpec& spec) {
        const std::size_t tensor =
            file.table({4, 4, 4, 4, 0, 0, static_cast<std::uint8_t>(spec.is_sparse ? 4 : 0)});
        file.point(at, tensor);
        const std::size_t shape = file.vector(static_cast<std::uint32_t>(spec.shape.size()), 4);
        for (std::size_t i = 0; i < spec.shape.size(); ++i)
            file.set(shape + 4 + 4 * i, spec.shape[i], 4);
        file.point(file.field(tensor, 0), shape);
        file.set(file.field(tensor, 1), spec.type, 1);
        file.set(file.field(tensor, 2), spec.buffer, 4);
        file.point(file.field(tensor, 3), file.text(spec.name));
    }
};

TensorTable read(const Bytes& file) {
    return table_of(kTfliteReader, file);
}

TEST(TfliteReader, ListsTensorsThatHaveBytes) {
    const Bytes data = testing::noise_bytes(1, 24);
    const ModelWriter model(
        {{"input", kFloat32, {1, 4}, 0}, {"w", kFloat32, {2, 3}, 1}, {"h", kFloat16, {2}, 2}},
        {data, Bytes(4)});
    const TensorTable table = read(model.file.bytes());
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_EQ(table.format, "tflite");
    ASSERT_THAT(names(table), ElementsAre("w", "h"));
    EXPECT_EQ(table.tensors[0].shape, (Counts{2, 3}));
    EXPECT_EQ(table.tensors[1].dtype, DType::kF16);
    EXPECT_TRUE(
        std::equal(data.begin(), data.end(),
                   model.file.bytes().begin() + static_cast<std::ptrdiff_t>(table.tensors[0].offset)));
}

TEST(TfliteReader, FindsBuffersBehindTheTable) {
    ModelWriter model({{"w", kFloat32, {2, 3}, 1}}, {Bytes{}});
    const std::size_t buffer = model.file.table({0, 8, 8});
    model.file.point(model.buffers + 8, buffer);
    Bytes file = model.file.bytes();
    const std::size_t offset = file.size();
    model.file.set(model.file.field(buffer, 1), offset, 8);
    model.file.set(model.file.field(buffer, 2), 24, 8);
    file = model.file.bytes();
    testing::append(file, Bytes(24));
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    ASSERT_EQ(table.tensors.size(), 1U);
    EXPECT_EQ(table.tensors[0].offset, offset);
    file.pop_back();
    expect_defect(read(file), ErrorCode::kInvalid, "truncated");
}

TEST(TfliteReader, ListsSharedBuffersOnce) {
    const ModelWriter model({{"a", kFloat32, {2, 3}, 1}, {"b", kFloat32, {2, 3}, 1}}, {Bytes(24)});
    EXPECT_THAT(names(read(model.file.bytes())), ElementsAre("a"));
}

TEST(TfliteReader, NotesTensorsThatItCannotUse) {
    const auto note = [](const TensorSpec& tensor, ErrorCode code, const std::string& because) {
        expect_defect(read(ModelWriter({tensor}, {Bytes(24)}).file.bytes()), code, because);
    };
    note({"t", kInt4, {48}, 1}, ErrorCode::kUnsupported, "unknown type 17");
    note({"t", 200, {48}, 1}, ErrorCode::kUnsupported, "unknown type 200");
    note({"t", kFloat32, {2, 3}, 1, true}, ErrorCode::kUnsupported, "without its zeros");
    note({"t", kFloat32, {2, 4}, 1}, ErrorCode::kInvalid, "does not fit its buffer of 24");
    note({"t", kFloat32, {2, 3}, 9}, ErrorCode::kInvalid, "there is no buffer 9");
    note({"t", kFloat32, Counts(9, 1), 1}, ErrorCode::kLimit, "too many dimensions");
    note({"t", kFloat32, {0xFFFFFFFF, 0xFFFFFFFF, 16}, 1}, ErrorCode::kInvalid, "does not fit");
}

TEST(TfliteReader, LeavesOutTexts) {
    const TensorTable table = read(ModelWriter({{"t", kString, {1}, 1}}, {Bytes(24)}).file.bytes());
    EXPECT_FALSE(table.defect.has_value());
    EXPECT_THAT(names(table), IsEmpty());
}

TEST(TfliteReader, KeepsTheTensorsOfATruncatedModel) {
    Bytes file = ModelWriter({{"a", kFloat32, {2, 3}, 1}, {"b", kFloat32, {2, 3}, 2}}, {Bytes(24), Bytes(24)})
                     .file.bytes();
    file.pop_back();
    const TensorTable table = read(file);
    expect_defect(table, ErrorCode::kInvalid, "truncated: buffer 2");
    EXPECT_THAT(names(table), ElementsAre("a"));
}

TEST(TfliteReader, SurvivesEveryCutAndEveryOffset) {
    const Bytes whole = ModelWriter({{"a", kFloat32, {2, 3}, 1}}, {Bytes(24)}).file.bytes();
    const auto survive = [](const Bytes& file) {
        const auto table = kTfliteReader.read(MemorySource(file));
        if (!table) return;
        for (const Tensor& tensor : table->tensors)
            EXPECT_LE(tensor.offset + tensor.bytes, file.size());
    };
    for (std::size_t length = 8; length < whole.size(); ++length)
        survive(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
    for (std::size_t at = 0; at + 4 <= whole.size(); ++at) {
        for (const std::uint8_t byte : {std::uint8_t{0x7F}, std::uint8_t{0xFF}}) {
            Bytes broken = whole;
            for (std::size_t i = 0; i < 4; ++i)
                broken[at + i] = byte;
            survive(broken);
        }
    }
}

TEST(TfliteReader, BoundsHowOftenItLooksAtTensors) {
    // A thousand subgraphs that are all the same one, with a thousand tensors that are all the same.
    FlatbufferWriter file("TFL3");
    const std::size_t model = file.table({0, 0, 4, 0, 4});
    file.point(0, model);
    const std::size_t subgraphs = file.vector(1000, 4);
    file.point(file.field(model, 2), subgraphs);
    const std::size_t subgraph = file.table({4});
    const std::size_t tensors = file.vector(1000, 4);
    file.point(file.field(subgraph, 0), tensors);
    const std::size_t tensor = file.table({});
    for (std::size_t i = 0; i < 1000; ++i) {
        file.point(subgraphs + 4 + 4 * i, subgraph);
        file.point(tensors + 4 + 4 * i, tensor);
    }
    const std::size_t buffers = file.vector(1, 4);
    file.point(file.field(model, 4), buffers);
    file.point(buffers + 4, file.table({}));
    expect_defect(read(file.bytes()), ErrorCode::kLimit, "more than 262144 tensors");
}

TEST(TfliteReader, ClaimsItsIdentifier) {
    EXPECT_TRUE(kTfliteReader.claims(Bytes{9, 9, 9, 9, 'T', 'F', 'L', '3'}));
    EXPECT_FALSE(kTfliteReader.claims(Bytes{9, 9, 9, 9, 'T', 'F', 'L', '2'}));
    EXPECT_FALSE(kTfliteReader.claims(Bytes{9, 9, 9, 9, 'T', 'F', 'L'}));
}

}  // namespace
}  // namespace modelward::fingerprint
