// SPDX-License-Identifier: Apache-2.0
// The text of a value of each type: that of the same value in Parquet and in pandas' CSV.
#include "fingerprint/columns/arrow/arrow_types.h"

#include <bit>

#include "fingerprint/testing/arrow_looks.h"

namespace modelward::fingerprint {
namespace {

using namespace testing;  // NOLINT: a writer of many functions
using Texts = std::vector<std::string>;

Texts of_fixed(ArrowType type, const std::vector<ArrowParameter>& parameters, std::uint64_t length,
               const Bytes& values) {
    return rows_of_array(arrow_fixed(type, parameters, length, values));
}

Bytes of_64_bits(const std::vector<std::uint64_t>& numbers) {
    return arrow_numbers(numbers).buffers[1];
}

Bytes of_32_bits(const std::vector<std::uint64_t>& numbers) {
    return arrow_numbers(numbers, 32).buffers[1];
}

TEST(ArrowTypes, OfIntegersHaveTheirSignAndWidth) {
    EXPECT_EQ(rows_of_array(arrow_numbers({1, 0xFF, 0x80}, 8)), (Texts{"1", "-1", "-128"}));
    EXPECT_EQ(rows_of_array(arrow_numbers({1, 0xFF}, 8, false)), (Texts{"1", "255"}));
    EXPECT_EQ(rows_of_array(arrow_numbers({300, 0xFFFE}, 16)), (Texts{"300", "-2"}));
    EXPECT_EQ(rows_of_array(arrow_numbers({0xFFFE}, 16, false)), Texts{"65534"});
    EXPECT_EQ(rows_of_array(arrow_numbers({70'000, 0xFFFFFFFF}, 32)), (Texts{"70000", "-1"}));
    EXPECT_EQ(rows_of_array(arrow_numbers({0xFFFFFFFF}, 32, false)), Texts{"4294967295"});
    EXPECT_EQ(rows_of_array(arrow_numbers({1ULL << 40, ~0ULL}, 64)), (Texts{"1099511627776", "-1"}));
    EXPECT_EQ(rows_of_array(arrow_numbers({~0ULL}, 64, false)), Texts{"18446744073709551615"});
}

TEST(ArrowTypes, OfFloatsHaveThePrecisionOfTheirWidth) {
    EXPECT_EQ(of_fixed(ArrowType::kFloatingPoint, {{0, 0, 2}}, 2, {0x00, 0x3C, 0x00, 0xC1}),
              (Texts{"1.0", "-2.5"}));
    EXPECT_EQ(
        of_fixed(ArrowType::kFloatingPoint, {{0, 1, 2}}, 1, of_32_bits({std::bit_cast<std::uint32_t>(0.1F)})),
        Texts{"0.1"});
    EXPECT_EQ(
        of_fixed(ArrowType::kFloatingPoint, {{0, 2, 2}}, 1, of_64_bits({std::bit_cast<std::uint64_t>(1e-5)})),
        Texts{"1e-05"});
}

TEST(ArrowTypes, OfTruthValuesAreBits) {
    EXPECT_EQ(of_fixed(ArrowType::kBool, {}, 9, {0b00000101, 0b1}),
              (Texts{"true", "false", "true", "false", "false", "false", "false", "false", "true"}));
}

TEST(ArrowTypes, OfTextsAndBytesAreTakenAsTheyAre) {
    const Texts texts{"one", "and a text of more than twelve bytes", "two"};
    for (const ArrowType type :
         {ArrowType::kUtf8, ArrowType::kBinary, ArrowType::kLargeUtf8, ArrowType::kLargeBinary})
        EXPECT_EQ(rows_of_array(arrow_texts(texts, type)), texts);
    EXPECT_EQ(rows_of_array(arrow_views(texts)), texts);
    EXPECT_EQ(of_fixed(ArrowType::kFixedSizeBinary, {{0, 3}}, 2, {'o', 'n', 'e', 't', 'w', 'o'}),
              (Texts{"one", "two"}));
}

TEST(ArrowTypes, OfTextsThatBeginInsideTheirBufferAreFound) {
    ArrowArray part = arrow_texts({"passed over", "one", "two"});
    part.buffers[1].erase(part.buffers[1].begin(), part.buffers[1].begin() + 4);
    part.length = 2;
    EXPECT_EQ(rows_of_array(part), (Texts{"one", "two"}));
}

TEST(ArrowTypes, OfDaysAndTimesAreWritten) {
    constexpr std::uint64_t kDay = 18'262;  // 2020-01-01
    EXPECT_EQ(of_fixed(ArrowType::kDate, {{0, 0, 2}}, 1, of_32_bits({kDay})), Texts{"2020-01-01"});
    EXPECT_EQ(of_fixed(ArrowType::kDate, {}, 2, of_64_bits({kDay * 86'400'000, ~0ULL})),
              (Texts{"2020-01-01", "1969-12-31"}));
    EXPECT_EQ(of_fixed(ArrowType::kTime, {{0, 0, 2}}, 1, of_32_bits({3'661})), Texts{"01 01 01"});
    EXPECT_EQ(of_fixed(ArrowType::kTime, {}, 1, of_32_bits({3'661'250})), Texts{"01 01 01.250"});
    EXPECT_EQ(of_fixed(ArrowType::kTime, {{0, 2, 2}, {1, 64}}, 1, of_64_bits({3'661'000'001})),
              Texts{"01 01 01.000001"});
    EXPECT_EQ(of_fixed(ArrowType::kTimestamp, {}, 1, of_64_bits({kDay * 86'400 + 61})),
              Texts{"2020-01-01 00 01 01"});
    EXPECT_EQ(of_fixed(ArrowType::kTimestamp, {{0, 1, 2}}, 1, of_64_bits({kDay * 86'400'000 + 5})),
              Texts{"2020-01-01 00 00 00.005"});
    EXPECT_EQ(of_fixed(ArrowType::kTimestamp, {{0, 3, 2}, {1, 0, 4, "Europe/Zurich"}}, 1, of_64_bits({1})),
              Texts{"1970-01-01 00 00 00.000000001+00 00"});
    EXPECT_EQ(of_fixed(ArrowType::kDuration, {}, 1, of_64_bits({5})), Texts{"5"});
}

TEST(ArrowTypes, OfDecimalsHaveTheirLowestByteFirst) {
    Bytes minus_1234(16, 0xFF), large(32, 0);
    minus_1234[0] = 0x2E;
    minus_1234[1] = 0xFB;
    large[16] = 1;  // 2^128
    EXPECT_EQ(of_fixed(ArrowType::kDecimal, {{0, 10}, {1, 2}}, 1, minus_1234), Texts{"-12.34"});
    EXPECT_EQ(of_fixed(ArrowType::kDecimal, {{1, 1}, {2, 256}}, 1, large),
              Texts{"34028236692093846346337460743176821145.6"});
    EXPECT_EQ(of_fixed(ArrowType::kDecimal, {{1, 1}, {2, 32}}, 1, of_32_bits({15})), Texts{"1.5"});
}

TEST(ArrowTypes, OfUuidsAreWritten) {
    ArrowArray uuid = arrow_fixed(ArrowType::kFixedSizeBinary, {{0, 16}}, 1, Bytes(16, 0xAB));
    uuid.is_uuid = true;
    EXPECT_EQ(rows_of_array(uuid), Texts{"abababab-abab-abab-abab-abababababab"});
}

TEST(ArrowTypes, ThatAreNotReadAreSaidToBeUnsupported) {
    for (const ArrowType type : {ArrowType::kInterval, ArrowType::kUnion, ArrowType::kRunEndEncoded,
                                 ArrowType::kListView, ArrowType{99}}) {
        const ArrowArray field = arrow_fixed(type, {}, 1, {1, 0, 0, 0});
        const ArrowLook found = look_at_arrow(arrow_stream({arrow_schema({field}), arrow_batch({field})}));
        EXPECT_EQ(found.unseen, std::vector{Unseen::kUnsupported}) << static_cast<unsigned>(type);
        EXPECT_TRUE(found.rows.empty());
    }
    const ArrowArray number = arrow_numbers({1});
    EXPECT_EQ(look_at_arrow(arrow_stream({arrow_schema({number}, 1), arrow_batch({number})})).unseen,
              std::vector{Unseen::kUnsupported})
        << "the highest byte first";
}

}  // namespace
}  // namespace modelward::fingerprint
