// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/thrift_cursor.h"

#include <gtest/gtest.h>

#include "fingerprint/testing/parquet_writer.h"

namespace modelward::fingerprint {
namespace {

using testing::Bytes;
using testing::ThriftWriter;

struct Reading {
    explicit Reading(Bytes content) : bytes(std::move(content)) {}
    Bytes bytes;
    MemorySource source{bytes};
    SourceStream stream{source};
    ByteReader reader{stream, 0, 16};
    ThriftCursor thrift{reader};
};

TEST(ThriftCursor, PassesOverWhatNobodyWants) {
    ThriftWriter inside, whole;
    inside.number(1, 300).text(2, std::string(100, 'x')).boolean(3, true);
    whole.number(1, -7)
        .text(2, "abc")
        .structure(3, inside)
        .structures(4, {inside, inside})
        .boolean(5, false)
        .number(9, 1LL << 40);
    Reading reading(whole.finish());
    std::int64_t first = 0, last = 0;
    reading.thrift.fields([&](std::int64_t id, ThriftType type) {
        return id == 1 ? reading.thrift.integer(type, first) : id == 9 && reading.thrift.integer(type, last);
    });
    EXPECT_TRUE(reading.reader.ok());
    EXPECT_EQ(first, -7);
    EXPECT_EQ(last, 1LL << 40);
    EXPECT_EQ(reading.reader.position(), reading.bytes.size());
}

TEST(ThriftCursor, PassesOverListsOfBooleansAndMaps) {
    // A list of two booleans, a map of one number to a text, a double, and then field 4.
    Reading reading(
        {0x19, 0x22, 1, 2, 0x1B, 1, 0x58, 6, 2, 'a', 'b', 0x17, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 10, 0});
    std::int64_t found = 0;
    reading.thrift.fields(
        [&](std::int64_t id, ThriftType type) { return id == 4 && reading.thrift.integer(type, found); });
    EXPECT_TRUE(reading.reader.ok());
    EXPECT_EQ(found, 5);
}

TEST(ThriftCursor, RefusesWhatIsNestedTooDeep) {
    Reading reading(Bytes(1000, 0x1C));  // a struct in a struct, and so on
    reading.thrift.fields([](std::int64_t, ThriftType) { return false; });
    ASSERT_FALSE(reading.reader.ok());
    EXPECT_EQ(reading.reader.error().code(), ErrorCode::kLimit);
}

TEST(ThriftCursor, EndsWithTheBytesWhateverALengthSays) {
    for (const Bytes& bytes :
         {Bytes{0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 'a'}, Bytes{0x19, 0xF5, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0},
          Bytes{0x15, 0xFF}, Bytes{0x1D}}) {
        Reading reading(bytes);
        reading.thrift.fields([](std::int64_t, ThriftType) { return false; });
        EXPECT_FALSE(reading.reader.ok());
    }
}

}  // namespace
}  // namespace modelward::fingerprint
