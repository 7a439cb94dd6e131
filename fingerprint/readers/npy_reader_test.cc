// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/readers/numpy/npy_header.h"
#include "fingerprint/readers/numpy/numpy_type.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/little_endian_writer.h"
#include "fingerprint/testing/numpy_files.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using ::testing::HasSubstr;
using testing::npy_file;
using testing::raw_npy;
using Counts = std::vector<std::uint64_t>;

Result<TensorTable> read(const Bytes& file) {
    return kNpyReader.read(MemorySource(file));
}

void expect_defect(const Bytes& file, ErrorCode code, const std::string& because) {
    const auto table = read(file);
    ASSERT_TRUE(table.has_value() && table->defect.has_value()) << because;
    EXPECT_EQ(table->defect->code(), code);
    EXPECT_THAT(table->defect->message(), HasSubstr(because));
}

TEST(NpyReader, ReadsEveryVersion) {
    for (const auto version : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
        const Bytes file =
            raw_npy(version, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", Bytes(24));
        ASSERT_TRUE(kNpyReader.claims(file));
        const auto table = read(file);
        ASSERT_TRUE(table.has_value()) << table.error().message();
        EXPECT_FALSE(table->defect.has_value());
        EXPECT_EQ(table->format, "npy");
        ASSERT_EQ(table->tensors.size(), 1U);
        EXPECT_EQ(table->tensors[0].dtype, DType::kF32);
        EXPECT_EQ(table->tensors[0].shape, (Counts{2, 3}));
        EXPECT_EQ(table->tensors[0].offset, file.size() - 24);
    }
    EXPECT_EQ(read(raw_npy(4, "{}", {})).error().code(), ErrorCode::kUnsupported);
}

TEST(NpyReader, TurnsFortranOrderRound) {
    const auto table = read(npy_file("<f2", true, "(2, 3, 5)", Bytes(60)));
    ASSERT_TRUE(table.has_value());
    EXPECT_EQ(table->tensors.at(0).shape, (Counts{5, 3, 2}));
}

TEST(NpyReader, ReadsArraysOneBehindTheOther) {
    Bytes file = npy_file("<f4", false, "(2, 3)", Bytes(24));
    testing::append(file, npy_file("|u1", false, "(5,)", Bytes(5)));
    const auto table = read(file);
    ASSERT_TRUE(table.has_value());
    ASSERT_EQ(table->tensors.size(), 2U);
    EXPECT_EQ(table->tensors[1].name, "array (2)");
    EXPECT_EQ(table->tensors[1].offset + 5, file.size());
}

TEST(NpyReader, NotesWhatItCannotUse) {
    expect_defect(npy_file("|O", false, "(2,)", Bytes(9)), ErrorCode::kUnsupported, "pickled objects");
    expect_defect(npy_file(">f4", false, "(2,)", Bytes(8)), ErrorCode::kUnsupported, "big-endian");
    expect_defect(npy_file("|V7", false, "(2,)", Bytes(14)), ErrorCode::kUnsupported, "unknown type");
    expect_defect(
        raw_npy(1, "{'descr': [('a', '<f4'), ('b', '<i8', (2,))], 'fortran_order': False, 'shape': (2,), }",
                Bytes(8)),
        ErrorCode::kUnsupported, "unknown type");
    expect_defect(npy_file("<f4", false, "(3,)", Bytes(11)), ErrorCode::kInvalid, "truncated");
    expect_defect(npy_file("<f4", false, "(4294967296, 4294967296)", Bytes(8)), ErrorCode::kInvalid,
                  "too large");
    expect_defect(npy_file("<f4", false, "(1, 1, 1, 1, 1, 1, 1, 1, 1)", Bytes(4)), ErrorCode::kLimit,
                  "dimensions");
}

TEST(NpyReader, LeavesOutTexts) {
    const auto table = read(npy_file("<U5", false, "(2,)", Bytes(40)));
    ASSERT_TRUE(table.has_value());
    EXPECT_TRUE(table->tensors.empty());
    EXPECT_FALSE(table->defect.has_value());
}

TEST(NpyReader, RefusesHeadersThatEndEarly) {
    const Bytes whole = npy_file("<f4", false, "(2,)", {});
    for (std::size_t length = 6; length < whole.size(); ++length) {
        EXPECT_FALSE(
            read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))).has_value());
    }
}

TEST(NpyDictionary, IsReadAsPythonPrintsIt) {
    const auto reads = [](std::string_view text) { return parse_npy_dictionary(text).has_value(); };
    EXPECT_TRUE(reads("{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4L), }"));
    EXPECT_TRUE(reads(R"({"shape":(),"fortran_order":True,"descr":"<f4"})"));
    EXPECT_TRUE(reads("  { 'descr' : '|b1', 'fortran_order': False, 'shape': (3,)}  \n"));
    EXPECT_FALSE(reads(""));
    EXPECT_FALSE(reads("{}"));
    EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False}"));
    EXPECT_FALSE(reads("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}"));
    EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1}"));
    EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': Maybe, 'shape': ()}"));
    EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}"));
    EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}"));
    EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}"));
    EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False, 'shape': (1,"));
    EXPECT_FALSE(reads("{'descr': [('a', '<f4'), 'fortran_order': False, 'shape': ()}"));
    EXPECT_FALSE(reads("{'descr': 'f', 'fortran_order': False, 'shape': ()}"));
}

TEST(NumpyType, IsParsed) {
    const auto type = [](std::string_view text) { return parse_numpy_type(text).value(); };
    EXPECT_EQ(type("<f4").dtype, DType::kF32);
    EXPECT_EQ(type("f2").dtype, DType::kF16);
    EXPECT_EQ(type("c16").dtype, DType::kC128);
    EXPECT_EQ(type("|b1").dtype, DType::kBool);
    EXPECT_TRUE(type(">i8").is_big_endian);
    EXPECT_FALSE(type("f16").dtype.has_value());
    EXPECT_EQ(type("f16").item_bytes, 16U);
    EXPECT_EQ(type("<U5").item_bytes, 20U);
    EXPECT_EQ(type("<M8[ns]").item_bytes, 8U);
    EXPECT_EQ(type("V64").item_bytes, 64U);
    EXPECT_TRUE(type("|O").is_object);
    for (const std::string_view text :
         {"", "<", "f", "f4x", "f-4", "f99999999999999999999", "U9999999999999999999"})
        EXPECT_FALSE(parse_numpy_type(text).has_value()) << text;
}

}  // namespace
}  // namespace modelward::fingerprint
