// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/readers/gguf_metadata.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/model_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::GgufWriter;
using ::testing::HasSubstr;

constexpr std::uint32_t kF32 = 0;
constexpr std::uint32_t kQ8_0 = 8;
constexpr std::uint32_t kTypeString = 8;
constexpr std::uint32_t kTypeArray = 9;
constexpr std::uint32_t kTypeU32 = 4;

Result<TensorTable> read(const Bytes& file) {
    return kGgufReader.read(MemorySource(file));
}

void expect_refused(const GgufWriter& writer, ErrorCode code, const std::string& because) {
    const auto table = read(writer.bytes());
    ASSERT_FALSE(table.has_value()) << because;
    EXPECT_EQ(table.error().code(), code) << table.error().message();
    EXPECT_THAT(table.error().message(), HasSubstr(because));
}

class GgufVersions : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(GgufVersions, ListsTensorsWithDimensionsOutermostFirst) {
    GgufWriter writer(GetParam());
    writer.size(2).size(3);
    writer.text("general.name").u32(kTypeString).text("a model");
    writer.text("tokens").u32(kTypeArray).u32(kTypeString).size(2).text("one").text("two");
    writer.text("scores").u32(kTypeArray).u32(kTypeU32).size(3).u32(1).u32(2).u32(3);
    writer.info("a", {2, 32}, kQ8_0, 0).info("b", {3}, kF32, 96).align();
    const std::size_t data_start = writer.bytes().size();
    writer.data(Bytes(128));
    const auto table = read(writer.bytes());
    ASSERT_TRUE(table.has_value()) << table.error().message();
    EXPECT_FALSE(table->defect.has_value());
    EXPECT_EQ(table->data_start, data_start);
    ASSERT_EQ(table->tensors.size(), 2U);
    EXPECT_EQ(table->tensors[0].shape, (std::vector<std::uint64_t>{2, 32}));
    EXPECT_EQ(table->tensors[0].bytes, 68U);
    EXPECT_EQ(table->tensors[1].offset, data_start + 96);
}

INSTANTIATE_TEST_SUITE_P(AllVersions, GgufVersions, ::testing::Values(1U, 2U, 3U));

TEST(GgufReader, RefusesVersionsItDoesNotKnow) {
    expect_refused(GgufWriter(4).u64(0).u64(0), ErrorCode::kUnsupported, "version 4");
    expect_refused(GgufWriter(0).u64(0).u64(0), ErrorCode::kUnsupported, "version 0");
    expect_refused(GgufWriter(0x03000000).u64(0).u64(0), ErrorCode::kUnsupported, "big-endian");
}

TEST(GgufReader, RefusesCountsThatTheFileCannotHold) {
    expect_refused(GgufWriter().u64(std::uint64_t{1} << 40).u64(0), ErrorCode::kLimit,
                   "1099511627776 tensors");
    expect_refused(GgufWriter().u64(~std::uint64_t{0}).u64(0), ErrorCode::kLimit, "tensors");
    expect_refused(GgufWriter().u64(1000).u64(0).data(Bytes(100)), ErrorCode::kLimit, "1000 tensors");
    expect_refused(GgufWriter().u64(0).u64(std::uint64_t{1} << 40), ErrorCode::kLimit, "key-value pairs");
    expect_refused(GgufWriter(1).u32(0xFFFFFFFF).u32(0), ErrorCode::kLimit, "tensors");
}

TEST(GgufReader, RefusesHeadersThatEndEarly) {
    GgufWriter writer;
    writer.u64(1).u64(1).text("general.name").u32(kTypeString).text("a model");
    writer.info("a", {4}, kF32, 0);
    for (std::size_t length = 4; length < writer.bytes().size(); ++length) {
        const Bytes cut(writer.bytes().begin(), writer.bytes().begin() + static_cast<std::ptrdiff_t>(length));
        EXPECT_FALSE(read(cut).has_value()) << length;
    }
}

TEST(GgufReader, RefusesBrokenKeyValues) {
    const auto pair = [](std::uint32_t type) {
        GgufWriter writer;
        writer.u64(0).u64(1).text("key").u32(type);
        return writer;
    };
    expect_refused(pair(13), ErrorCode::kInvalid, "unknown type 13");
    expect_refused(pair(kTypeString).u64(std::uint64_t{1} << 62), ErrorCode::kInvalid,
                   "ends inside the header");
    expect_refused(pair(kTypeArray).u32(kTypeU32).u64(std::uint64_t{1} << 62), ErrorCode::kInvalid,
                   "array announces");
    expect_refused(pair(kTypeArray).u32(77).u64(0), ErrorCode::kInvalid, "unknown type 77");
    GgufWriter nested = pair(kTypeArray);
    for (int depth = 0; depth <= kMaxGgufArrayDepth; ++depth)
        nested.u32(kTypeArray).u64(1);
    nested.u32(kTypeU32).u64(1).u32(1).data(Bytes(64));
    expect_refused(nested, ErrorCode::kLimit, "nested deeper");
}

TEST(GgufReader, RefusesLongNames) {
    GgufWriter writer;
    writer.u64(0).u64(1).text(std::string(5000, 'k')).u32(kTypeU32).u32(1);
    expect_refused(writer, ErrorCode::kLimit, "a name of 5000 bytes");
}

TEST(GgufReader, UsesAndChecksTheAlignment) {
    const auto aligned_to = [](std::uint32_t alignment, std::uint64_t offset) {
        GgufWriter writer;
        writer.u64(1).u64(1).text("general.alignment").u32(kTypeU32).u32(alignment);
        writer.info("a", {4}, kF32, offset).align(64).data(Bytes(256));
        return writer;
    };
    EXPECT_EQ(read(aligned_to(64, 64).bytes())->data_start % 64, 0U);
    expect_refused(aligned_to(64, 32), ErrorCode::kInvalid, "not aligned to 64");
    expect_refused(aligned_to(0, 0), ErrorCode::kInvalid, "power of two");
    expect_refused(aligned_to(24, 0), ErrorCode::kInvalid, "power of two");
    expect_refused(aligned_to(0x80000000, 0), ErrorCode::kInvalid, "power of two");
    GgufWriter text;
    text.u64(0).u64(1).text("general.alignment").u32(kTypeString).text("64");
    expect_refused(text, ErrorCode::kInvalid, "not an unsigned");
}

TEST(GgufReader, RefusesBrokenTensors) {
    const auto tensor = [](const std::vector<std::uint64_t>& shape, std::uint32_t type,
                           std::uint64_t offset) {
        GgufWriter writer;
        writer.u64(1).u64(0).info("a", shape, type, offset).align().data(Bytes(64));
        return writer;
    };
    const std::uint64_t big = std::uint64_t{1} << 40;
    expect_refused(tensor({big, big}, kF32, 0), ErrorCode::kInvalid, "too large");
    expect_refused(tensor({~std::uint64_t{0}}, kF32, 0), ErrorCode::kInvalid, "too large");
    expect_refused(tensor({33}, kQ8_0, 0), ErrorCode::kInvalid, "whole blocks");
    expect_refused(tensor({4}, kF32, ~std::uint64_t{31}), ErrorCode::kInvalid, "too large");
    expect_refused(tensor(std::vector<std::uint64_t>(9, 1), kF32, 0), ErrorCode::kLimit, "9 dimensions");
}

TEST(GgufReader, RefusesDuplicateNamesAndOverlaps) {
    const auto two = [](std::string_view name, std::uint64_t offset) {
        GgufWriter writer;
        writer.u64(2).u64(0).info("a", {16}, kF32, 0).info(name, {16}, kF32, offset).align().data(Bytes(256));
        return writer;
    };
    EXPECT_TRUE(read(two("b", 64).bytes()).has_value());
    expect_refused(two("a", 64), ErrorCode::kInvalid, "listed twice");
    expect_refused(two("b", 32), ErrorCode::kInvalid, "overlaps");
}

TEST(GgufReader, KeepsTheWholeTensorsOfATruncatedFile) {
    GgufWriter writer;
    writer.u64(2).u64(0).info("whole", {16}, kF32, 0).info("cut", {16}, kF32, 64).align().data(Bytes(80));
    const auto table = read(writer.bytes());
    ASSERT_TRUE(table.has_value()) << table.error().message();
    ASSERT_TRUE(table->defect.has_value());
    EXPECT_EQ(table->tensors.size(), 1U);
}

TEST(GgufReader, LeavesOutTensorsOfUnknownTypes) {
    GgufWriter writer;
    writer.u64(2).u64(0).info("new", {16}, 200, 0).info("old", {16}, kF32, 64).align().data(Bytes(128));
    const auto table = read(writer.bytes());
    ASSERT_TRUE(table.has_value()) << table.error().message();
    ASSERT_TRUE(table->defect.has_value());
    EXPECT_EQ(table->defect->code(), ErrorCode::kUnsupported);
    EXPECT_EQ(table->tensors.size(), 1U);
}

}  // namespace
}  // namespace modelward::fingerprint
