// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/testing/folder_in_memory.h"
#include "fingerprint/testing/sorted_table_writer.h"
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
using testing::SortedTableWriter;
using Counts = std::vector<std::uint64_t>;

constexpr std::uint64_t kFloat = 1;
constexpr std::uint64_t kString = 7;
constexpr std::uint64_t kHalf = 19;

Bytes header(std::uint64_t files, std::uint64_t endianness = 0) {
    return ProtobufWriter()
        .number(1, files)
        .number(2, endianness)
        .message(3, ProtobufWriter().number(1, 1))
        .bytes();
}

ProtobufWriter entry(std::uint64_t type, const Counts& shape, std::uint64_t file, std::uint64_t offset,
                     std::uint64_t bytes) {
    ProtobufWriter dimensions;
    for (const std::uint64_t extent : shape)
        dimensions.message(2, ProtobufWriter().number(1, extent));
    return ProtobufWriter()
        .number(1, type)
        .message(2, dimensions)
        .number(3, file)
        .number(4, offset)
        .number(5, bytes);
}

Bytes index_of(const SortedTableWriter::Entries& entries) {
    return SortedTableWriter().block(entries).finish();
}

TEST(TensorFlowCheckpoint, ListsTheTensorsOfItsFiles) {
    FolderInMemory folder{{"ckpt-7.data-00000-of-00002", noise_bytes(1, 40)},
                          {"ckpt-7.data-00001-of-00002", noise_bytes(2, 24)}};
    const OpenedModel model(SortedTableWriter()
                                .block({{"", header(2)},
                                        {"a/kernel", entry(kFloat, {2, 3}, 0, 8, 24).bytes()},
                                        {"a/name", entry(kString, {}, 0, 0, 8).bytes()}})
                                .block({{"b", entry(kHalf, {4}, 1, 16, 8).bytes()}})
                                .finish(),
                            "ckpt-7.index", folder);
    EXPECT_THAT(model.companions.missing, IsEmpty());
    const auto table = model.table();
    ASSERT_TRUE(table);
    EXPECT_FALSE(table->defect) << table->defect->message();
    EXPECT_EQ(table->format, "tensorflow-checkpoint");
    ASSERT_THAT(names(*table), ElementsAre("a/kernel", "b"));
    EXPECT_EQ(table->tensors[0].shape, (Counts{2, 3}));
    const Bytes first = noise_bytes(1, 40);
    EXPECT_EQ(model.data(table->tensors[0]), Bytes(first.begin() + 8, first.begin() + 32));
    const Bytes second = noise_bytes(2, 24);
    EXPECT_EQ(table->tensors[1].dtype, DType::kF16);
    EXPECT_EQ(model.data(table->tensors[1]), Bytes(second.begin() + 16, second.end()));
}

// Of a variable that was cut for several machines: the slices have keys of their own.
TEST(TensorFlowCheckpoint, TheSlicesOfATensorAreTensors) {
    FolderInMemory folder{{"v.data-00000-of-00001", noise_bytes(1, 16)}};
    const auto whole = entry(kFloat, {4}, 0, 0, 0).message(7, ProtobufWriter().number(9, 1));
    const OpenedModel model(index_of({{"", header(1)},
                                      {std::string("\0\xFFslice", 7), entry(kFloat, {2}, 0, 8, 8).bytes()},
                                      {"w", whole.bytes()}}),
                            "v.index", folder);
    const auto table = model.table();
    ASSERT_TRUE(table);
    EXPECT_FALSE(table->defect);
    ASSERT_EQ(table->tensors.size(), 1u);
    EXPECT_EQ(table->tensors[0].bytes, 8u);
}

TEST(TensorFlowCheckpoint, WhatIsWrongWithATensorIsADefectAndTheOthersCount) {
    struct Wrong {
        ProtobufWriter entry;
        ErrorCode code;
        const char* because;
    };
    for (const Wrong& wrong :
         {Wrong{entry(99, {2}, 0, 0, 8), ErrorCode::kUnsupported, "unknown type 99"},
          Wrong{entry(kFloat, {3}, 0, 0, 8), ErrorCode::kInvalid, "the size that its shape asks for"},
          Wrong{entry(kFloat, {1, 1, 1, 1, 1, 1, 1, 1, 2}, 0, 0, 4), ErrorCode::kInvalid, "the size that"},
          Wrong{entry(kFloat, {std::uint64_t{1} << 62, 8}, 0, 0, 8), ErrorCode::kInvalid, "the size that"},
          Wrong{entry(kFloat, {2}, 0, 12, 8), ErrorCode::kInvalid, "ends beyond 'v.data-00000-of-00001'"},
          Wrong{entry(kFloat, {2}, 0, ~std::uint64_t{0}, 8), ErrorCode::kInvalid, "ends beyond"},
          Wrong{entry(kFloat, {2}, 1, 0, 8), ErrorCode::kInvalid, "'.data-00001-of-00001' is missing"},
          Wrong{entry(kFloat, {2}, ~std::uint64_t{0}, 0, 8), ErrorCode::kInvalid, "is missing"}}) {
        FolderInMemory folder{{"v.data-00000-of-00001", noise_bytes(1, 16)}};
        const OpenedModel model(
            index_of(
                {{"", header(1)}, {"a", wrong.entry.bytes()}, {"b", entry(kFloat, {2}, 0, 0, 8).bytes()}}),
            "v.index", folder);
        const auto table = model.table();
        ASSERT_TRUE(table);
        expect_defect(*table, wrong.code, wrong.because);
        EXPECT_THAT(names(*table), ElementsAre("b"));
    }
}

TEST(TensorFlowCheckpoint, OneThatLacksAFileIsReadFromTheOthers) {
    FolderInMemory folder{{"v.data-00001-of-00002", noise_bytes(1, 16)}};
    const OpenedModel model(index_of({{"", header(2)},
                                      {"a", entry(kFloat, {2}, 0, 0, 8).bytes()},
                                      {"b", entry(kFloat, {2}, 1, 0, 8).bytes()}}),
                            "v.index", folder);
    EXPECT_THAT(model.companions.missing, ElementsAre("v.data-00000-of-00002"));
    const auto table = model.table();
    ASSERT_TRUE(table);
    expect_defect(*table, ErrorCode::kInvalid, "is missing");
    EXPECT_THAT(names(*table), ElementsAre("b"));
}

TEST(TensorFlowCheckpoint, BigEndianNumbersAreUnsupported) {
    FolderInMemory folder{{"v.data-00000-of-00001", noise_bytes(1, 16)}};
    const OpenedModel model(index_of({{"", header(1, 1)}, {"a", entry(kFloat, {2}, 0, 0, 8).bytes()}}),
                            "v.index", folder);
    const auto table = model.table();
    ASSERT_TRUE(table);
    expect_defect(*table, ErrorCode::kUnsupported, "first byte last");
    EXPECT_THAT(table->tensors, IsEmpty());
}

TEST(TensorFlowCheckpoint, OtherFilesOfThatNameHaveNoCompanions) {
    FolderInMemory folder{{"v.data-00000-of-00001", noise_bytes(1, 16)}};
    const Bytes index = index_of({{"", header(1)}, {"a", entry(kFloat, {2}, 0, 0, 8).bytes()}});
    EXPECT_EQ(OpenedModel(index, "v.idx", folder).companions.joined, nullptr);
    EXPECT_EQ(OpenedModel(noise_bytes(4, 300), "v.index", folder).companions.joined, nullptr);
    EXPECT_EQ(OpenedModel({}, "v.index", folder).companions.joined, nullptr);
    // A LevelDB table of something else.
    EXPECT_EQ(OpenedModel(index_of({{"a", header(1)}}), "v.index", folder).companions.joined, nullptr);
    EXPECT_THAT(folder.asked(), IsEmpty());
}

TEST(TensorFlowCheckpoint, OfMoreFilesThanMayBeJoinedNoneIsOpened) {
    FolderInMemory folder{};
    const Bytes index = index_of({{"", header(~std::uint64_t{0})}});
    const auto found = find_companions(MemorySource(index), "v.index", folder);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->are_too_many);
    EXPECT_THAT(folder.asked(), IsEmpty());
}

// Else a small file could have the files looked for a million times.
TEST(TensorFlowCheckpoint, TheHeaderIsTheFirstEntryOnly) {
    FolderInMemory folder{{"v.data-00000-of-00001", noise_bytes(1, 16)}};
    const Bytes index =
        index_of({{"", header(1)}, {"", header(7)}, {"a", entry(kFloat, {2}, 0, 0, 8).bytes()}});
    const OpenedModel model(index, "v.index", folder);
    const auto table = model.table();
    ASSERT_TRUE(table);
    EXPECT_FALSE(table->defect);
    EXPECT_THAT(names(*table), ElementsAre("a"));
}

}  // namespace
}  // namespace modelward::fingerprint
