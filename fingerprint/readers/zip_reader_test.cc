// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/little_endian_writer.h"
#include "fingerprint/testing/numpy_files.h"
#include "fingerprint/testing/packed_matrices.h"
#include "fingerprint/testing/small_models.h"
#include "fingerprint/testing/table_checks.h"
#include "fingerprint/testing/torch_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using ::testing::ElementsAre;
using testing::expect_data;
using testing::expect_defect;
using ::testing::HasSubstr;
using testing::names;
using testing::PickleWriter;
using testing::push_tensor;
using testing::StoredTensor;
using testing::table_of;
using testing::torch_zip;
using testing::ZipWriter;
using Counts = std::vector<std::uint64_t>;

TensorTable read(const Bytes& file) {
    return table_of(kZipReader, file);
}

const StoredTensor kFirst{"layer.weight", "F32", {4, 8}, testing::noise_bytes(1, 128)};
const StoredTensor kSecond{"layer.bias", "F16", {8}, testing::noise_bytes(2, 16)};

TEST(ZipReader, ClaimsArchives) {
    EXPECT_TRUE(kZipReader.claims(ZipWriter().add("a", {}).finish()));
    EXPECT_TRUE(kZipReader.claims(ZipWriter().finish()));
    EXPECT_FALSE(kZipReader.claims(Bytes{'P', 'K', 1, 2}));
    EXPECT_FALSE(kZipReader.claims(Bytes{'P', 'K'}));
}

TEST(ZipReader, ListsTheTensorsOfTorchSave) {
    const Bytes file = torch_zip({kFirst, kSecond}).finish();
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_EQ(table.format, "pytorch");
    ASSERT_THAT(names(table), ElementsAre("layer.weight", "layer.bias"));
    EXPECT_EQ(table.data_start, table.tensors[0].offset);
    EXPECT_EQ(table.tensors[0].dtype, DType::kF32);
    EXPECT_EQ(table.tensors[0].shape, (Counts{4, 8}));
    expect_data(file, table.tensors[0], kFirst.data);
    EXPECT_EQ(table.tensors[1].dtype, DType::kF16);
    expect_data(file, table.tensors[1], kSecond.data);
}

TEST(ZipReader, ListsConstantsOfTorchScript) {
    PickleWriter constants;
    constants.op("(");
    push_tensor(constants, {"FloatStorage", "0", 32}, {0, {4, 8}, {8, 1}});
    const Bytes file = ZipWriter()
                           .add("net/constants/0", kFirst.data)
                           .add("net/data.pkl", PickleWriter().op("N").finish())
                           .add("net/constants.pkl", constants.op("t").finish())
                           .finish();
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    ASSERT_THAT(names(table), ElementsAre("0"));
    expect_data(file, table.tensors[0], kFirst.data);
}

TEST(ZipReader, ListsTensorsOfPackages) {
    PickleWriter model;
    push_tensor(model, {"FloatStorage", "3", 32}, {0, {4, 8}, {8, 1}});
    const TensorTable table = read(
        ZipWriter().add("p/model/model.pkl", model.finish()).add("p/.data/3.storage", kFirst.data).finish());
    EXPECT_EQ(table.format, "pytorch");
    EXPECT_THAT(names(table), ElementsAre("storage 3"));
}

// An archive with one storage of 4 x 8 floats and the views of it that `push` writes into a list.
TensorTable with_views(const std::vector<testing::TorchViewSpec>& views) {
    PickleWriter writer;
    writer.op("](");
    for (const auto& view : views)
        push_tensor(writer, {"FloatStorage", "0", 32}, view);
    return read(ZipWriter().add("a/data.pkl", writer.op("e").finish()).add("a/data/0", kFirst.data).finish());
}

TEST(ZipReader, ListsSharedStoragesOnce) {
    const TensorTable tied = with_views({{0, {4, 8}, {8, 1}}, {0, {4, 8}, {8, 1}}});
    EXPECT_FALSE(tied.defect.has_value());
    EXPECT_THAT(names(tied), ElementsAre("0"));
    const TensorTable parts = with_views({{0, {2, 8}, {8, 1}}, {16, {2, 8}, {8, 1}}});
    ASSERT_THAT(names(parts), ElementsAre("0", "1"));
    EXPECT_EQ(parts.tensors[1].offset, parts.tensors[0].offset + 64);
}

TEST(ZipReader, ListsTransposedTensorsAsTheyLie) {
    const TensorTable table = with_views({{0, {8, 4}, {1, 8}}});
    EXPECT_FALSE(table.defect.has_value());
    ASSERT_EQ(table.tensors.size(), 1U);
    EXPECT_EQ(table.tensors[0].shape, (Counts{4, 8}));
}

TEST(ZipReader, ListsTheStorageOfAViewThatIsNotDense) {
    const TensorTable table = with_views({{0, {4, 3}, {8, 1}}});
    expect_defect(table, ErrorCode::kUnsupported, "is not dense");
    ASSERT_EQ(table.tensors.size(), 1U);
    EXPECT_EQ(table.tensors[0].shape, (Counts{4, 8}));
}

TEST(ZipReader, NotesViewsBeyondTheirStorage) {
    const TensorTable table = with_views({{8, {4, 8}, {8, 1}}, {0, {2, 8}, {8, 1}}});
    expect_defect(table, ErrorCode::kInvalid, "goes beyond its storage");
    EXPECT_EQ(table.tensors.size(), 1U);
}

TEST(ZipReader, ListsStoragesThatNoTensorIsMadeOf) {
    PickleWriter writer;
    testing::push_storage(writer, {"FloatStorage", "0", 32});
    const TensorTable table =
        read(ZipWriter().add("a/data.pkl", writer.finish()).add("a/data/0", kFirst.data).finish());
    ASSERT_THAT(names(table), ElementsAre("storage 0"));
    EXPECT_EQ(table.tensors[0].shape, Counts{32});
}

TEST(ZipReader, TakesEveryMemberOfAName) {
    ZipWriter writer = torch_zip({kFirst});
    writer.add("archive/data/0", testing::noise_bytes(9, 128));
    EXPECT_THAT(names(read(writer.finish())), ElementsAre("layer.weight", "layer.weight (2)"));
}

// As a distributed checkpoint of PyTorch keeps them.
TEST(ZipReader, ListsTheTensorsOfArchivesOneBehindTheOther) {
    Bytes file = torch_zip({kFirst}).finish_zip64();
    const std::uint64_t second = file.size();
    testing::append(file, torch_zip({kSecond}).finish());
    const std::uint64_t third = file.size();
    testing::append(file, torch_zip({kFirst}).finish_zip64());
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_EQ(table.format, "pytorch");
    ASSERT_THAT(names(table), ElementsAre("layer.weight", "layer.bias", "layer.weight (2)"));
    EXPECT_GT(table.tensors[1].offset, second);
    EXPECT_GT(table.tensors[2].offset, third);
    expect_data(file, table.tensors[0], kFirst.data);
    expect_data(file, table.tensors[1], kSecond.data);
    expect_data(file, table.tensors[2], kFirst.data);
}

TEST(ZipReader, BytesBetweenArchivesHideNone) {
    Bytes file = torch_zip({kFirst}).finish("a comment");
    testing::append(file, testing::noise_bytes(5, 300));
    testing::append(file, torch_zip({kSecond}).finish());
    EXPECT_THAT(names(read(file)), ElementsAre("layer.weight", "layer.bias"));
}

// One that is made up to cut the archive in two: behind it the directory is no longer where the last record
// says, and a loader, which counts from the file's begin, finds it all the same.
TEST(ZipReader, AnEndInTheMiddleHidesNoMembers) {
    Bytes decoy = ZipWriter().finish();
    testing::append(decoy, testing::noise_bytes(6, 8));
    ZipWriter writer;
    writer.add("m/version", decoy);
    const std::uint64_t cut = writer.data_offset() + ZipWriter().finish().size();
    writer.add("archive/data.pkl", testing::state_dict_pickle({kFirst}));
    writer.add("archive/data/0", kFirst.data);
    Bytes file = writer.finish();
    file.insert(file.end() - 22, cut, 0);  // so that the archive seems to begin there
    const TensorTable table = read(file);
    ASSERT_THAT(names(table), ElementsAre("layer.weight"));
    expect_data(file, table.tensors[0], kFirst.data);
}

// Another archive's names are not this one's: of PyTorch only the last is loaded.
TEST(ZipReader, ADecoyInFrontKeepsPackedMatricesTogether) {
    const auto packed =
        testing::packed_tensors("a", testing::small_matrix(1, 0), testing::Packing::kGptq, 128);
    std::vector<StoredTensor> decoy;
    for (const char* name : {"a.qzeros", "a.scales"})
        decoy.push_back({name, "F32", {1}, Bytes(4)});
    Bytes file = torch_zip(decoy).finish();
    testing::append(file, torch_zip(packed).finish());
    const TensorTable table = read(file);
    EXPECT_EQ(
        std::ranges::count_if(table.tensors, [](const Tensor& tensor) { return tensor.packed() != nullptr; }),
        1);
}

TEST(ZipReader, ReadsTheLastArchiveBehindWhatIsNone) {
    Bytes file = testing::noise_bytes(3, 500);
    testing::append(file, torch_zip({kFirst}).finish_zip64());
    const auto table = kZipReader.read(MemorySource(file));
    ASSERT_TRUE(table.has_value()) << table.error().message();
    ASSERT_THAT(names(*table), ElementsAre("layer.weight"));
    expect_data(file, table->tensors[0], kFirst.data);
}

TEST(ZipReader, AnArchiveThatIsSaidToBeginAtItsEndEndsTheSearch) {
    Bytes file = torch_zip({kFirst}).finish();
    testing::append(file, ZipWriter().finish());  // of 22 bytes
    Bytes nothing = ZipWriter().finish();
    nothing[16] = 22;  // its directory would begin before it
    testing::append(file, nothing);
    const TensorTable table = read(file);
    EXPECT_THAT(names(table), ElementsAre("layer.weight"));
}

TEST(ZipReader, FindsTheTensorsWhenTheEndWasCutOff) {
    Bytes file = torch_zip({kFirst, kSecond}).finish();
    file.resize(read(file).tensors.at(1).offset);
    const TensorTable table = read(file);
    expect_defect(table, ErrorCode::kInvalid, "truncated");
    EXPECT_THAT(names(table), ElementsAre("layer.weight"));
}

TEST(ZipReader, KeepsTheTensorsBeforeAPickleBreaksOff) {
    Bytes pickle = testing::state_dict_pickle({kFirst, kSecond});
    pickle.resize(pickle.size() - 60);  // inside the second tensor
    const TensorTable table =
        read(ZipWriter().add("a/data.pkl", pickle).add("a/data/0", kFirst.data).finish());
    expect_defect(table, ErrorCode::kInvalid, "member 'a/data.pkl'");
    EXPECT_THAT(names(table), ElementsAre("storage 0"));
}

TEST(ZipReader, NotesWhatIsCompressedMissingOrBigEndian) {
    const Bytes pickle = testing::state_dict_pickle({kFirst});
    expect_defect(read(ZipWriter().add({.name = "a/data.pkl", .data = pickle, .method = 8}).finish()),
                  ErrorCode::kUnsupported, "member 'a/data.pkl' is compressed");
    expect_defect(read(ZipWriter().add("a/data.pkl", pickle).finish()), ErrorCode::kInvalid, "has no data");
    expect_defect(read(ZipWriter().add("a/data.pkl", pickle).add("a/data/0", Bytes(127)).finish()),
                  ErrorCode::kInvalid, "its storage ends early");
    const TensorTable big = read(ZipWriter()
                                     .add("a/data.pkl", pickle)
                                     .add("a/byteorder", {'b', 'i', 'g'})
                                     .add("a/data/0", kFirst.data)
                                     .finish());
    expect_defect(big, ErrorCode::kUnsupported, "big-endian");
    EXPECT_TRUE(big.tensors.empty());
}

TEST(ZipReader, ListsArraysOfNpz) {
    const Bytes floats = testing::noise_bytes(3, 48);
    const Bytes file = ZipWriter()
                           .add("weight.npy", testing::npy_file("<f4", false, "(3, 4)", floats))
                           .add("scale.npy", testing::npy_file("<f8", false, "()", Bytes(8)))
                           .finish();
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_EQ(table.format, "npz");
    ASSERT_THAT(names(table), ElementsAre("weight", "scale"));
    EXPECT_EQ(table.tensors[0].shape, (Counts{3, 4}));
    expect_data(file, table.tensors[0], floats);
}

TEST(ZipReader, NotesArraysThatAreCompressedOrCut) {
    const Bytes array = testing::npy_file("<f4", false, "(3, 4)", Bytes(48));
    expect_defect(read(ZipWriter().add({.name = "w.npy", .data = array, .method = 8}).finish()),
                  ErrorCode::kUnsupported, "member 'w.npy' is compressed");
    const Bytes cut(array.begin(), array.end() - 1);
    expect_defect(read(ZipWriter().add("w.npy", cut).add("v.npy", array).finish()), ErrorCode::kInvalid,
                  "member 'w.npy' is truncated");
    expect_defect(read(ZipWriter().add("w.npy", {1, 2, 3}).finish()), ErrorCode::kInvalid, "member 'w.npy'");
}

TEST(ZipReader, OtherArchivesHoldNoTensors) {
    const TensorTable table = read(ZipWriter().add("letter.txt", {'h', 'i'}).finish());
    EXPECT_EQ(table.format, "zip");
    EXPECT_TRUE(table.tensors.empty());
    EXPECT_FALSE(table.defect.has_value());
}

}  // namespace
}  // namespace modelward::fingerprint
