// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/little_endian_writer.h"
#include "fingerprint/testing/numpy_files.h"
#include "fingerprint/testing/table_checks.h"
#include "fingerprint/testing/torch_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using ::testing::ElementsAre;
using testing::expect_data;
using testing::expect_defect;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::names;
using testing::PickleWriter;
using testing::push_array;
using testing::push_joblib_array;
using testing::StoredTensor;
using testing::table_of;
using testing::torch_legacy_file;
using Counts = std::vector<std::uint64_t>;

TensorTable read(const Bytes& file) {
    return table_of(kPickleReader, file);
}

const StoredTensor kFirst{"layer.weight", "F32", {4, 8}, testing::noise_bytes(1, 128)};
const StoredTensor kSecond{"layer.bias", "F16", {8}, testing::noise_bytes(2, 16)};

TEST(PickleReader, ClaimsPickles) {
    EXPECT_TRUE(kPickleReader.claims(PickleWriter(5).op("N").finish()));
    const std::string magic = "L119547037146038801333356L\n.I1001\n.";
    EXPECT_TRUE(kPickleReader.claims(Bytes(magic.begin(), magic.end())));
    EXPECT_FALSE(kPickleReader.claims(PickleWriter(6).op("N").finish()));
    EXPECT_FALSE(kPickleReader.claims(Bytes{0x80, 2, 0xFF}));
    EXPECT_FALSE(kPickleReader.claims(Bytes{0x80, 2}));
    EXPECT_FALSE(kPickleReader.claims(Bytes{}));
}

TEST(PickleReader, ListsTheTensorsOfTheOldTorchSave) {
    const Bytes file = torch_legacy_file({kFirst, kSecond});
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_EQ(table.format, "pytorch");
    ASSERT_THAT(names(table), ElementsAre("layer.weight", "layer.bias"));
    EXPECT_EQ(table.tensors[0].shape, (Counts{4, 8}));
    expect_data(file, table.tensors[0], kFirst.data);
    expect_data(file, table.tensors[1], kSecond.data);
    EXPECT_EQ(table.data_start, table.tensors[0].offset);
}

TEST(PickleReader, KeepsTheWholeStoragesOfATruncatedFile) {
    Bytes file = torch_legacy_file({kFirst, kSecond});
    file.pop_back();
    const TensorTable table = read(file);
    expect_defect(table, ErrorCode::kInvalid, "");
    EXPECT_THAT(names(table), ElementsAre("layer.weight"));
}

TEST(PickleReader, SurvivesEveryCutOfTheOldFormat) {
    const Bytes whole = torch_legacy_file({kFirst, kSecond});
    for (std::size_t length = 3; length < whole.size(); ++length) {
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        const auto table = kPickleReader.read(MemorySource(cut));
        ASSERT_TRUE(table.has_value()) << length;
        for (const Tensor& tensor : table->tensors)
            EXPECT_LE(tensor.offset + tensor.bytes, length);
    }
}

TEST(PickleReader, NotesBigEndianData) {
    const TensorTable table = read(torch_legacy_file({kFirst}, false));
    expect_defect(table, ErrorCode::kUnsupported, "big-endian");
    EXPECT_THAT(names(table), IsEmpty());
}

TEST(PickleReader, RefusesStoragesThatAreTooLarge) {
    Bytes file = torch_legacy_file({kFirst});
    const std::size_t count = file.size() - kFirst.data.size() - 8;
    for (std::size_t i = 0; i < 8; ++i)
        file[count + i] = 0xFF;
    expect_defect(read(file), ErrorCode::kInvalid, "storage '0' is too large");
}

TEST(PickleReader, ListsArraysByTheirKeys) {
    PickleWriter writer;
    writer.op("}(").text("coef");
    push_array(writer, "f8", {2, 3}, testing::noise_bytes(1, 48));
    writer.text("turned");
    push_array(writer, "f4", {2, 3}, testing::noise_bytes(2, 24), true);
    const Bytes file = writer.op("u").finish();
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_EQ(table.format, "pickle");
    ASSERT_THAT(names(table), ElementsAre("coef", "turned"));
    EXPECT_EQ(table.tensors[0].shape, (Counts{2, 3}));
    expect_data(file, table.tensors[0], testing::noise_bytes(1, 48));
    EXPECT_EQ(table.tensors[1].shape, (Counts{3, 2}));
    expect_data(file, table.tensors[1], testing::noise_bytes(2, 24));
}

TEST(PickleReader, ListsArraysOfProtocol5) {
    PickleWriter writer(5);
    writer.global("numpy.core.numeric", "_frombuffer").op("(").bytes(testing::noise_bytes(1, 24));
    testing::push_numpy_type(writer, "f4");
    const Bytes file = writer.tuple({2, 3}).text("F").op("tR").finish();
    const TensorTable table = read(file);
    ASSERT_THAT(names(table), ElementsAre("array"));
    EXPECT_EQ(table.tensors[0].shape, (Counts{3, 2}));
    expect_data(file, table.tensors[0], testing::noise_bytes(1, 24));
}

TEST(PickleReader, ListsLongArraysWithoutReadingThem) {
    const Bytes data = testing::noise_bytes(1, 400'000);
    PickleWriter writer;
    push_array(writer, "f4", {100, 1000}, data);
    const Bytes file = writer.finish();
    class Counting final : public ByteSource {
      public:
        explicit Counting(const Bytes& bytes) : bytes_(bytes) {}
        std::uint64_t size() const override { return bytes_.size(); }
        Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override {
            count += into.size();
            return MemorySource(bytes_).read(offset, into);
        }
        mutable std::uint64_t count = 0;

      private:
        const Bytes& bytes_;
    };
    const Counting source(file);
    EXPECT_EQ(kPickleReader.read(source)->tensors.size(), 1U);
    EXPECT_LT(source.count, 40'000U);
}

TEST(PickleReader, ListsArraysOfJoblib) {
    const Bytes first = testing::noise_bytes(1, 48);
    const Bytes second = testing::noise_bytes(2, 24);
    PickleWriter writer;
    writer.op("}(").text("a");
    push_joblib_array(writer, "f8", {2, 3}, first);
    writer.text("b");
    push_joblib_array(writer, "f4", {2, 3}, second, 0, "F");
    const Bytes file = writer.op("u").finish();
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    ASSERT_THAT(names(table), ElementsAre("a", "b"));
    expect_data(file, table.tensors[0], first);
    expect_data(file, table.tensors[1], second);
    EXPECT_EQ(table.tensors[1].shape, (Counts{3, 2}));
}

TEST(PickleReader, ReadsThePicklesThatStandInForArraysOfObjects) {
    PickleWriter inner;
    inner.op("](");
    push_array(inner, "f4", {2, 3}, testing::noise_bytes(1, 24));
    PickleWriter writer;
    writer.op("}(").text("trees").global("joblib.numpy_pickle", "NumpyArrayWrapper").op(")\x81}(");
    writer.text("shape").tuple({1}).text("order").text("C").text("dtype");
    testing::push_numpy_type(writer, "O8", "|");
    writer.text("numpy_array_alignment_bytes").integer(16).op("ub").raw(inner.op("e").finish()).text("after");
    push_array(writer, "f4", {3, 2}, testing::noise_bytes(2, 24));
    const TensorTable table = read(writer.op("u").finish());
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_THAT(names(table), ElementsAre("0", "after"));
}

TEST(PickleReader, BoundsPicklesInPickles) {
    PickleWriter writer;
    for (int i = 0; i < 10; ++i) {
        writer.global("joblib.numpy_pickle", "NumpyArrayWrapper").op(")\x81}(");
        writer.text("shape").tuple({1}).text("dtype");
        testing::push_numpy_type(writer, "O8", "|");
        writer.op("ub");
    }
    expect_defect(read(writer.finish()), ErrorCode::kLimit, "nested deeper");
}

TEST(PickleReader, NotesDataThatIsNotThereByteForByte) {
    PickleWriter writer;
    push_array(writer, "f4", {2, 3}, Bytes(23));
    expect_defect(read(writer.finish()), ErrorCode::kUnsupported, "not stored byte for byte");
}

TEST(PickleReader, KeepsTheArraysBeforeThePickleBreaksOff) {
    PickleWriter writer;
    writer.op("](");
    push_array(writer, "f4", {2, 3}, Bytes(24));
    push_joblib_array(writer, "f8", {2, 3}, Bytes(47));
    const TensorTable table = read(writer.unfinished());
    expect_defect(table, ErrorCode::kInvalid, "ends inside data");
    EXPECT_THAT(names(table), ElementsAre("array"));
}

TEST(PickleReader, ReadsPicklesOneBehindTheOther) {
    Bytes file;
    for (int i = 0; i < 3; ++i) {
        PickleWriter writer;
        push_array(writer, "f4", {2, 3}, testing::noise_bytes(i, 24));
        testing::append(file, writer.finish());
    }
    EXPECT_THAT(names(read(file)), ElementsAre("array", "array (2)", "array (3)"));
}

}  // namespace
}  // namespace modelward::fingerprint
