// SPDX-License-Identifier: Apache-2.0
// Values as pandas writes them into CSV.
#include "fingerprint/columns/cell_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "fingerprint/testing/little_endian_writer.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;

std::string text_of(const Column& column, const Bytes& value) {
    std::string text;
    append_cell(text, column, value);
    return text;
}

std::string of_double(double value) {
    Bytes bytes;
    testing::append_number(bytes, std::bit_cast<std::uint64_t>(value));
    return text_of({.stored = StoredType::kDouble}, bytes);
}

std::string of_float(float value) {
    Bytes bytes;
    testing::append_number(bytes, std::bit_cast<std::uint32_t>(value));
    return text_of({.stored = StoredType::kFloat}, bytes);
}

std::string of_integer(std::int64_t value, Column column = {}) {
    Bytes bytes;
    testing::append_number(bytes, static_cast<std::uint64_t>(value));
    column.stored = StoredType::kInt64;
    return text_of(column, bytes);
}

TEST(CellText, WritesFloatsAsPythonDoes) {
    EXPECT_EQ(of_double(1), "1.0");
    EXPECT_EQ(of_double(-0.0), "-0.0");
    EXPECT_EQ(of_double(0.1), "0.1");
    EXPECT_EQ(of_double(-3.25), "-3.25");
    EXPECT_EQ(of_double(1e-5), "1e-05");
    EXPECT_EQ(of_double(0.0001), "0.0001");
    EXPECT_EQ(of_double(1.5e300), "1.5e+300");
    EXPECT_EQ(of_double(123456789012345.6), "123456789012345.6");
    EXPECT_EQ(of_double(1e15), "1000000000000000.0");
    EXPECT_EQ(of_double(1e16), "1e+16");
    EXPECT_EQ(of_float(0.1F), "0.1");
    EXPECT_EQ(of_float(16777216), "16777216.0");
    EXPECT_EQ(of_double(std::numeric_limits<double>::quiet_NaN()), "");
    EXPECT_EQ(of_double(-std::numeric_limits<double>::infinity()), "-inf");
    EXPECT_EQ(text_of({.stored = StoredType::kFixedBytes, .meaning = Meaning::kHalfFloat, .fixed_bytes = 2},
                      {0, 0x3E}),
              "1.5");
}

TEST(CellText, WritesIntegersAndBooleans) {
    EXPECT_EQ(of_integer(-12), "-12");
    EXPECT_EQ(of_integer(-1, {.meaning = Meaning::kUnsigned}), "18446744073709551615");
    EXPECT_EQ(text_of({.stored = StoredType::kInt32}, {0xFE, 0xFF, 0xFF, 0xFF}), "-2");
    EXPECT_EQ(text_of({.stored = StoredType::kBoolean}, {1}), "true");
    EXPECT_EQ(text_of({.stored = StoredType::kBoolean}, {0}), "false");
}

TEST(CellText, WritesDatesAndTimes) {
    const Column micros{.meaning = Meaning::kTimestamp, .ticks = 1'000'000};
    EXPECT_EQ(of_integer(1'577'836'800'000'000, micros), "2020-01-01 00:00:00");
    EXPECT_EQ(of_integer(1'577'836'800'250'000, micros), "2020-01-01 00:00:00.250");
    EXPECT_EQ(of_integer(-1, micros), "1969-12-31 23:59:59.999999");
    EXPECT_EQ(of_integer(86'399'000, {.meaning = Meaning::kTimestamp, .ticks = 1'000, .is_utc = true}),
              "1970-01-01 23:59:59+00:00");
    EXPECT_EQ(of_integer(3'661'000'000'001, {.meaning = Meaning::kTime, .ticks = 1'000'000'000}),
              "01:01:01.000000001");
    EXPECT_EQ(text_of({.stored = StoredType::kInt32, .meaning = Meaning::kDate}, {0xAC, 0x4A, 0, 0}),
              "2022-05-04");
    // The deprecated time stamp: one second of the day 2,440,589.
    EXPECT_EQ(text_of({.stored = StoredType::kInt96}, {0, 0xCA, 0x9A, 0x3B, 0, 0, 0, 0, 0x8D, 0x3D, 0x25, 0}),
              "1970-01-02 00:00:01");
    EXPECT_EQ(
        of_integer(std::numeric_limits<std::int64_t>::min(), {.meaning = Meaning::kTimestamp, .ticks = 1'000})
            .substr(0, 1),
        "-")
        << "what no calendar has is some text";
}

TEST(CellText, WritesDecimals) {
    EXPECT_EQ(of_integer(-1250, {.meaning = Meaning::kDecimal, .scale = 2}), "-12.50");
    EXPECT_EQ(of_integer(5, {.meaning = Meaning::kDecimal, .scale = 3}), "0.005");
    EXPECT_EQ(of_integer(0, {.meaning = Meaning::kDecimal, .scale = 0}), "0");
    EXPECT_EQ(text_of({.stored = StoredType::kBytes, .meaning = Meaning::kDecimal, .scale = 1}, {0xFF, 0x38}),
              "-20.0");
    EXPECT_EQ(text_of({.stored = StoredType::kFixedBytes, .meaning = Meaning::kDecimal, .fixed_bytes = 9},
                      {1, 0, 0, 0, 0, 0, 0, 0, 0}),
              "18446744073709551616");
}

TEST(CellText, WritesTextsAndIdentifiers) {
    EXPECT_EQ(text_of({.stored = StoredType::kBytes}, {'a', '\n', 'b'}), "a\nb");
    Bytes uuid;
    for (std::uint8_t byte = 0; byte < 16; ++byte)
        uuid.push_back(static_cast<std::uint8_t>(byte * 0x11));
    EXPECT_EQ(
        text_of({.stored = StoredType::kFixedBytes, .meaning = Meaning::kUuid, .fixed_bytes = 16}, uuid),
        "00112233-4455-6677-8899-aabbccddeeff");
}

}  // namespace
}  // namespace modelward::fingerprint
