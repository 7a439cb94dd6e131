// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/model_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using ::testing::HasSubstr;
using testing::raw_safetensors;

Result<TensorTable> read(const Bytes& file) {
    return kSafetensorsReader.read(MemorySource(file));
}

// The error that refuses the whole file.
void expect_refused(const Bytes& file, ErrorCode code, const std::string& because) {
    const auto table = read(file);
    ASSERT_FALSE(table.has_value()) << because;
    EXPECT_EQ(table.error().code(), code) << table.error().message();
    EXPECT_THAT(table.error().message(), HasSubstr(because));
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  const std::string& at) {
    return "\"" + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + at +
           "}";
}

constexpr std::uint64_t kSound = 16'384;  // the header is read in so many bytes at a time

// Wherever in the header it happens: a disk that fails is no broken file.
TEST(SafetensorsReader, SaysThatReadingFailed) {
    class Failing final : public ByteSource {
      public:
        explicit Failing(const Bytes& file) : file_(file) {}
        std::uint64_t size() const override { return file_.size(); }
        Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override {
            if (offset >= kSound) return fail(ErrorCode::kIo, "the disk fails");
            return file_.read(offset, into);
        }

      private:
        MemorySource file_;
    };
    const std::string header = R"("__metadata__":{"a":"b"},)" + entry("w", "F32", "[4]", "[0,16]") + "}";
    for (std::size_t behind = 0; behind <= header.size(); ++behind) {
        const std::string blanks(kSound - 1 - header.size() + behind, ' ');
        const Bytes file = raw_safetensors("{" + blanks + header, Bytes(16));
        ASSERT_TRUE(read(file).has_value()) << behind;
        const auto table = kSafetensorsReader.read(Failing(file));
        if (behind == 0) continue;  // all of the header is before
        ASSERT_FALSE(table.has_value()) << behind;
        EXPECT_EQ(table.error().code(), ErrorCode::kIo) << behind << ": " << table.error().message();
    }
}

TEST(SafetensorsReader, ListsTensorsByOffset) {
    const Bytes data(24);
    const auto table =
        read(raw_safetensors(R"({"__metadata__":{"a":"b"},)" + entry("late", "F16", "[2,2]", "[16,24]") +
                                 "," + entry("early", "F32", "[4]", "[0,16]") + "}   ",
                             data));
    ASSERT_TRUE(table.has_value()) << table.error().message();
    EXPECT_FALSE(table->defect.has_value());
    ASSERT_EQ(table->tensors.size(), 2U);
    EXPECT_EQ(table->tensors[0].name, "early");
    EXPECT_EQ(table->tensors[0].offset, table->data_start);
    EXPECT_EQ(table->tensors[1].dtype, DType::kF16);
    EXPECT_EQ(table->tensors[1].shape, (std::vector<std::uint64_t>{2, 2}));
    EXPECT_EQ(table->tensors[1].elements, 4U);
    EXPECT_EQ(table->tensors[1].bytes, 8U);
}

TEST(SafetensorsReader, AcceptsScalarsAndEmptyTensors) {
    const auto table = read(raw_safetensors(
        "{" + entry("scalar", "F32", "[]", "[0,4]") + "," + entry("empty", "F32", "[0,7]", "[4,4]") + "}",
        Bytes(4)));
    ASSERT_TRUE(table.has_value()) << table.error().message();
    EXPECT_FALSE(table->defect.has_value());
    EXPECT_EQ(table->tensors.size(), 2U);
}

TEST(SafetensorsReader, ClaimsOnlyWhatStartsLikeAHeader) {
    EXPECT_TRUE(kSafetensorsReader.claims(raw_safetensors("{}", {})));
    EXPECT_TRUE(kSafetensorsReader.claims(raw_safetensors(std::uint64_t{1} << 60, "{\"", {})));
    EXPECT_FALSE(kSafetensorsReader.claims(raw_safetensors("{x", {})));
    EXPECT_FALSE(kSafetensorsReader.claims(Bytes{1, 0, 0}));
}

TEST(SafetensorsReader, RefusesHeaderLengthsBeyondTheFileOrTheLimit) {
    expect_refused(raw_safetensors(std::uint64_t{1} << 60, "{}", {}), ErrorCode::kInvalid,
                   "more than the file has");
    expect_refused(raw_safetensors(~std::uint64_t{0}, "{}", {}), ErrorCode::kInvalid,
                   "more than the file has");
    // A sparse file of the claimed size: the limit is what refuses it.
    class Sparse final : public ByteSource {
      public:
        std::uint64_t size() const override { return std::uint64_t{1} << 61; }
        Result<void> read(std::uint64_t, std::span<std::uint8_t> into) const override {
            std::ranges::fill(into, std::uint8_t{0});
            if (into.size() == 8) into[7] = 0x10;
            return {};
        }
    };
    const auto table = kSafetensorsReader.read(Sparse{});
    ASSERT_FALSE(table.has_value());
    EXPECT_EQ(table.error().code(), ErrorCode::kLimit);
}

TEST(SafetensorsReader, RefusesWhatIsNotOneJsonObject) {
    for (const char* header : {"{", "{}}", "{} {}", "[]", "{\"a\":}", "{\"a\" 1}", "{\"\xFF\":{}}"}) {
        expect_refused(raw_safetensors(header, {}), ErrorCode::kInvalid, "not a JSON object");
    }
}

TEST(SafetensorsReader, RefusesBrokenEntries) {
    const Bytes data(8);
    const auto refuse = [&](const std::string& body, const std::string& because) {
        expect_refused(raw_safetensors("{" + body + "}", data), ErrorCode::kInvalid, because);
    };
    refuse(R"("t":1)", "is not an object");
    refuse(R"("t":{"dtype":"F32","shape":[2]})", "are needed");
    refuse(R"("t":{"dtype":7,"shape":[2],"data_offsets":[0,8]})", "dtype is not a string");
    refuse(entry("t", "F32", "[-2]", "[0,8]"), "not an unsigned integer");
    refuse(entry("t", "F32", "[2.0]", "[0,8]"), "not an unsigned integer");
    refuse(entry("t", "F32", "2", "[0,8]"), "is not a list");
    refuse(entry("t", "F32", "[2]", "[0]"), "are needed");
    refuse(entry("t", "F32", "[2]", "[8,0]"), "not a range");
    refuse(entry("t", "F32", "[3]", "[0,8]"), "need 12 bytes");
    refuse(R"("t":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]})", "given twice");
    refuse(R"("t":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1})", "is unknown");
    refuse(R"("__metadata__":{"a":1})", "not a string");
    refuse(R"("__metadata__":{},"__metadata__":{})", "given twice");
}

TEST(SafetensorsReader, RefusesShapesThatOverflow) {
    const std::string huge = "[4294967296,4294967296]";
    expect_refused(raw_safetensors("{" + entry("t", "F32", huge, "[0,0]") + "}", {}), ErrorCode::kInvalid,
                   "too large");
    const std::string nearly = "[4611686018427387904]";  // 2^62 elements of 4 bytes
    expect_refused(raw_safetensors("{" + entry("t", "F32", nearly, "[0,0]") + "}", {}), ErrorCode::kInvalid,
                   "too large");
}

TEST(SafetensorsReader, RefusesTooManyDimensions) {
    expect_refused(raw_safetensors("{" + entry("t", "F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]") + "}", Bytes(4)),
                   ErrorCode::kLimit, "more than 8");
}

TEST(SafetensorsReader, RefusesDuplicateNamesAndOverlaps) {
    const std::string first = entry("t", "F32", "[2]", "[0,8]");
    expect_refused(raw_safetensors("{" + first + "," + entry("t", "F32", "[2]", "[8,16]") + "}", Bytes(16)),
                   ErrorCode::kInvalid, "listed twice");
    expect_refused(raw_safetensors("{" + first + "," + entry("u", "F32", "[2]", "[4,12]") + "}", Bytes(16)),
                   ErrorCode::kInvalid, "overlaps");
}

TEST(SafetensorsReader, KeepsTheWholeTensorsOfATruncatedFile) {
    const auto table = read(raw_safetensors(
        "{" + entry("whole", "F32", "[2]", "[0,8]") + "," + entry("cut", "F32", "[2]", "[8,16]") + "}",
        Bytes(12)));
    ASSERT_TRUE(table.has_value()) << table.error().message();
    ASSERT_TRUE(table->defect.has_value());
    EXPECT_THAT(table->defect->message(), HasSubstr("truncated: tensor 'cut'"));
    ASSERT_EQ(table->tensors.size(), 1U);
    EXPECT_EQ(table->tensors[0].name, "whole");
}

TEST(SafetensorsReader, NotesHolesAndTrailingBytes) {
    const auto hole = read(raw_safetensors("{" + entry("t", "F32", "[2]", "[4,12]") + "}", Bytes(12)));
    ASSERT_TRUE(hole.has_value() && hole->defect.has_value());
    EXPECT_THAT(hole->defect->message(), HasSubstr("hole of 4 bytes"));
    const auto trailing = read(raw_safetensors("{" + entry("t", "F32", "[2]", "[0,8]") + "}", Bytes(9)));
    ASSERT_TRUE(trailing.has_value() && trailing->defect.has_value());
    EXPECT_THAT(trailing->defect->message(), HasSubstr("the last tensor ends"));
}

TEST(SafetensorsReader, LeavesOutTensorsOfUnknownTypes) {
    const auto table = read(raw_safetensors(
        "{" + entry("new", "F4", "[2]", "[0,1]") + "," + entry("old", "F32", "[2]", "[1,9]") + "}",
        Bytes(9)));
    ASSERT_TRUE(table.has_value()) << table.error().message();
    ASSERT_TRUE(table->defect.has_value());
    EXPECT_EQ(table->defect->code(), ErrorCode::kUnsupported);
    EXPECT_EQ(table->tensors.size(), 1U);
}

}  // namespace
}  // namespace modelward::fingerprint
