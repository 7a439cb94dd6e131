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
using testing::table_of;
using Counts = std::vector<std::uint64_t>;

constexpr std::uint32_t kHalf = 1;
constexpr std::uint32_t kFloat = 2;
constexpr std::uint32_t kFourBits = 8;

struct Blob {
    std::uint32_t type;
    Bytes data;
    std::uint32_t sentinel = 0xDEADBEEF;
};

void align(Bytes& file) {
    file.resize((file.size() + 63) / 64 * 64);
}

Bytes weight_file(const std::vector<Blob>& blobs) {
    Bytes file;
    append_number(file, static_cast<std::uint32_t>(blobs.size()));
    append_number(file, std::uint32_t{2});
    align(file);
    for (const Blob& blob : blobs) {
        align(file);
        append_number(file, blob.sentinel);
        append_number(file, blob.type);
        append_number(file, std::uint64_t{blob.data.size()});
        append_number(file, std::uint64_t{file.size() - 16 + 64});
        align(file);
        append(file, blob.data);
    }
    return file;
}

TensorTable read(const Bytes& file) {
    return table_of(kCoreMlReader, file);
}

TEST(CoreMlReader, ListsTheBlobs) {
    const Blob bias{kFloat, testing::noise_bytes(1, 20)};
    const Blob matrix{kHalf, testing::noise_bytes(2, std::size_t{2} << 16)};
    const Bytes file = weight_file({bias, matrix});
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_EQ(table.format, "coreml");
    ASSERT_THAT(names(table), ElementsAre("blob 0", "blob 1"));
    EXPECT_EQ(table.tensors[0].dtype, DType::kF32);
    EXPECT_EQ(table.tensors[0].shape, (Counts{5}));
    expect_data(file, table.tensors[0], bias.data);
    EXPECT_EQ(table.tensors[1].dtype, DType::kF16);
    EXPECT_EQ(table.tensors[1].elements, 1U << 16);
    expect_data(file, table.tensors[1], matrix.data);
}

// Shapes are not in the file. A bias is no evidence, a matrix is.
TEST(CoreMlReader, SupposesThatWhatIsLargeIsAMatrix) {
    const TensorTable table = read(weight_file({{kHalf, Bytes(2 * 4094)}, {kHalf, Bytes(2 * 4096)}}));
    ASSERT_EQ(table.tensors.size(), 2U);
    EXPECT_EQ(table.tensors[0].shape, (Counts{4094}));
    EXPECT_EQ(table.tensors[1].shape, (Counts{2, 2048}));
}

TEST(CoreMlReader, NotesTypesThatItDoesNotRead) {
    const TensorTable table = read(weight_file({{kFourBits, Bytes(10)}, {kFloat, Bytes(8)}}));
    expect_defect(table, ErrorCode::kUnsupported, "blob 0 has the unknown type 8");
    EXPECT_THAT(names(table), ElementsAre("blob 1"));
}

TEST(CoreMlReader, KeepsWhatComesBeforeADefect) {
    const Blob sound{kFloat, testing::noise_bytes(1, 20)};
    expect_defect(read(weight_file({sound, {kFloat, Bytes(8), 0}})), ErrorCode::kInvalid,
                  "blob 1 is not described");
    Bytes cut = weight_file({sound, {kFloat, Bytes(800)}});
    cut.resize(cut.size() - 1);
    const TensorTable table = read(cut);
    expect_defect(table, ErrorCode::kInvalid, "blob 1 ends outside");
    EXPECT_THAT(names(table), ElementsAre("blob 0"));
    expect_defect(read(weight_file({{kFloat, Bytes(6)}, sound})), ErrorCode::kInvalid, "no whole elements");
}

TEST(CoreMlReader, BlobsThatLieBehindNeverEnd) {
    const Bytes sound = weight_file({{kFloat, Bytes(8)}, {kFloat, Bytes(8)}});
    Bytes file = sound;
    file[64 + 16] = 0;  // the first one's offset: it lies in the header
    expect_defect(read(file), ErrorCode::kInvalid, "blob 0 ends outside");
    file = sound;
    file[64 + 8 + 7] = 0x7F;  // 2^62 bytes long and more
    expect_defect(read(file), ErrorCode::kInvalid, "blob 0 ends outside");
}

// A loader looks at none of these.
TEST(CoreMlReader, BelievesNeitherTheCountNorReservedBytesNorThatThereAreNoGaps) {
    Bytes file = weight_file({{kFloat, testing::noise_bytes(1, 20)}, {kFloat, testing::noise_bytes(2, 20)}});
    file[0] = 1;
    file[40] = 1;
    EXPECT_THAT(names(read(file)), ElementsAre("blob 0", "blob 1"));
    Bytes gap = weight_file({{kFloat, Bytes(64)}});
    Bytes second = weight_file({{kFloat, Bytes(64)}});
    gap.resize(gap.size() + 640, 'x');
    const std::uint64_t at = gap.size();
    gap.insert(gap.end(), second.begin() + 64, second.end());
    gap[at + 16] = static_cast<std::uint8_t>((at + 64) & 0xFF);
    gap[at + 17] = static_cast<std::uint8_t>((at + 64) >> 8);
    EXPECT_THAT(names(read(gap)), ElementsAre("blob 0", "blob 1"));
}

TEST(CoreMlReader, WhatIsLeftOfAQuantisedPackageIsNoEvidence) {
    const TensorTable table = read(weight_file({{kHalf, Bytes(2 * 8192)}, {kFourBits, Bytes(8192)}}));
    ASSERT_EQ(table.tensors.size(), 1U);
    EXPECT_EQ(table.tensors[0].shape, (Counts{8192}));
}

TEST(CoreMlReader, ClaimsByVersionAndSentinel) {
    Bytes file = weight_file({{kFloat, Bytes(8)}});
    const auto claims = [&] { return kCoreMlReader.claims(std::span(file).first(kHeadBytes)); };
    EXPECT_TRUE(claims());
    file[4] = 3;
    EXPECT_FALSE(claims());
    file[4] = 2;
    file[64] = 0;
    EXPECT_FALSE(claims());
    EXPECT_FALSE(kCoreMlReader.claims(std::span(file).first(67)));
}

}  // namespace
}  // namespace modelward::fingerprint
