// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/little_endian_writer.h"
#include "fingerprint/testing/table_checks.h"

namespace modelward::fingerprint {
namespace {

using testing::append;
using testing::append_number;
using testing::Bytes;
using ::testing::ElementsAre;
using testing::expect_data;
using testing::expect_defect;
using testing::names;
using testing::noise_bytes;
using testing::table_of;
using Counts = std::vector<std::uint64_t>;
using U32 = std::uint32_t;

constexpr std::string_view kGgml = "lmgg";
constexpr std::string_view kGgjt = "tjgg";
constexpr U32 kF32 = 0;
constexpr U32 kF16 = 1;
constexpr U32 kQ8_0 = 8;
constexpr U32 kI8 = 24;

struct Stored {
    std::string name;
    U32 type;
    std::vector<U32> extents;  // innermost first
    Bytes data;
};

const Stored kWeight{"encoder.conv1.weight", kF16, {4, 3}, noise_bytes(1, 24)};
const Stored kBias{"encoder.conv1.bias", kF32, {3}, noise_bytes(2, 12)};
const Stored kBlocks{"decoder.weight", kQ8_0, {32, 2}, noise_bytes(3, 68)};

// Hyperparameters and a vocabulary, as whisper.cpp has them.
Bytes header(std::string_view magic, std::size_t words = 200) {
    Bytes file(magic.begin(), magic.end());
    for (U32 i = 1; i <= 11; ++i)
        append_number(file, i);
    for (U32 i = 0; i < words; ++i) {
        append_number(file, U32{4});
        append(file, "word");
    }
    return file;
}

void append_tensor(Bytes& file, const Stored& tensor, bool is_aligned) {
    append_number(file, static_cast<U32>(tensor.extents.size()));
    append_number(file, static_cast<U32>(tensor.name.size()));
    append_number(file, tensor.type);
    for (const U32 extent : tensor.extents)
        append_number(file, extent);
    append(file, tensor.name);
    if (is_aligned) file.resize((file.size() + 31) / 32 * 32);
    append(file, tensor.data);
}

Bytes file_of(std::string_view magic, const std::vector<Stored>& tensors, std::size_t words = 200) {
    Bytes file = header(magic, words);
    for (const Stored& tensor : tensors)
        append_tensor(file, tensor, magic == kGgjt);
    return file;
}

TensorTable read(const Bytes& file) {
    return table_of(kGgmlReader, file);
}

TEST(GgmlReader, FindsTheTensorsBehindTheHeader) {
    const Bytes file = file_of(kGgml, {kWeight, kBias, kBlocks});
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_EQ(table.format, "ggml");
    ASSERT_THAT(names(table), ElementsAre(kWeight.name, kBias.name, kBlocks.name));
    EXPECT_EQ(table.tensors[0].dtype, DType::kF16);
    EXPECT_EQ(table.tensors[0].shape, (Counts{3, 4}));
    EXPECT_EQ(table.tensors[2].dtype, DType::kQ8_0);
    expect_data(file, table.tensors[0], kWeight.data);
    expect_data(file, table.tensors[1], kBias.data);
    expect_data(file, table.tensors[2], kBlocks.data);
}

TEST(GgmlReader, FindsAlignedTensors) {
    const Bytes file = file_of(kGgjt, {kWeight, kBias});
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    ASSERT_THAT(names(table), ElementsAre(kWeight.name, kBias.name));
    expect_data(file, table.tensors[1], kBias.data);
}

// Wherever the first description lies in what is read at once.
TEST(GgmlReader, FindsThemBehindALongVocabulary) {
    for (std::size_t words = 8180; words < 8195; ++words)
        EXPECT_EQ(read(file_of(kGgml, {kWeight, kBias}, words)).tensors.size(), 2U) << words;
}

TEST(GgmlReader, OneTensorIsEnough) {
    EXPECT_THAT(names(read(file_of(kGgml, {kWeight}))), ElementsAre(kWeight.name));
}

TEST(GgmlReader, WhatOnlyLooksLikeATensorIsNone) {
    Bytes file = header(kGgml);
    append_tensor(file, {"lonely", kF32, {2}, noise_bytes(1, 8)}, false);
    append(file, "what follows is no tensor");
    append_tensor(file, kWeight, false);
    append_tensor(file, kBias, false);
    EXPECT_THAT(names(read(file)), ElementsAre(kWeight.name, kBias.name));
}

TEST(GgmlReader, KeepsWhatStandsBeforeADefect) {
    Bytes file = file_of(kGgml, {kWeight, kBias});
    const std::uint64_t end = file.size();
    append(file, noise_bytes(4, 400));
    const TensorTable table = read(file);
    EXPECT_THAT(names(table), ElementsAre(kWeight.name, kBias.name));
    expect_defect(table, ErrorCode::kInvalid, "no tensor at byte " + std::to_string(end));

    Bytes cut = file_of(kGgml, {kWeight, kBias, kBlocks});
    cut.resize(cut.size() - 1);
    expect_defect(read(cut), ErrorCode::kInvalid, "truncated");
    EXPECT_THAT(names(read(cut)), ElementsAre(kWeight.name, kBias.name));
}

TEST(GgmlReader, RefusesAFileWithoutTensors) {
    const auto table = kGgmlReader.read(MemorySource(header(kGgml)));
    ASSERT_FALSE(table.has_value());
    EXPECT_EQ(table.error().code(), ErrorCode::kUnsupported);
}

// A word of the vocabulary that describes all that follows as one tensor, or some small ones.
TEST(GgmlReader, ADecoyInTheVocabularyHidesNothing) {
    const std::vector<Stored> tensors = {kWeight, kBias, kBlocks, kWeight};
    Bytes rest;
    for (const Stored& tensor : tensors)
        append_tensor(rest, tensor, false);
    Bytes all = header(kGgml);
    append_tensor(all, {"x", kI8, {static_cast<U32>(rest.size())}, {}}, false);
    append(all, rest);
    EXPECT_EQ(read(all).tensors.size(), 4U);
    Bytes some = header(kGgml);
    for (int i = 0; i < 3; ++i)
        append_tensor(some, {"x", kF32, {1}, Bytes(4)}, false);
    append(some, "word");
    append(some, rest);
    EXPECT_EQ(read(some).tensors.size(), 4U);
}

TEST(GgmlReader, TextThatBeginsSoIsOfUnknownFormat) {
    const std::string_view text = "lmgg is what this text begins with, and it goes on";
    const TensorTable table = read(Bytes(text.begin(), text.end()));
    EXPECT_EQ(table.format, kUnknownFormat);
    EXPECT_FALSE(table.defect.has_value());
}

TEST(GgmlReader, HugeExtentsAreNoTensor) {
    Stored huge = kWeight;
    huge.extents = {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF};
    EXPECT_FALSE(kGgmlReader.read(MemorySource(file_of(kGgml, {huge, huge}))).has_value());
}

}  // namespace
}  // namespace modelward::fingerprint
