// SPDX-License-Identifier: Apache-2.0
// What a column of a Parquet file holds (https://github.com/apache/parquet-format, LogicalTypes.md), and the
// file's schema: which columns stand inside which lists and structures.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "fingerprint/columns/thrift_cursor.h"

namespace modelward::fingerprint {

enum class StoredType : std::uint8_t {
    kBoolean = 0,
    kInt32 = 1,
    kInt64 = 2,
    kInt96 = 3,  // a time stamp: nanoseconds of a day, and the day
    kFloat = 4,
    kDouble = 5,
    kBytes = 6,
    kFixedBytes = 7,
};

// What the stored numbers or bytes mean. As they are: texts, bytes, signed numbers.
enum class Meaning : std::uint8_t {
    kAsItIs,
    kUnsigned,
    kDecimal,
    kDate,
    kTime,
    kTimestamp,
    kUuid,
    kHalfFloat
};

struct Column {
    StoredType stored = StoredType::kBytes;
    Meaning meaning = Meaning::kAsItIs;
    std::uint32_t fixed_bytes = 0;  // of each value; of kFixedBytes
    int scale = 0;                  // of kDecimal: digits behind the point
    std::uint64_t ticks = 1;        // of kTime and kTimestamp: in a second
    bool is_utc = false;            // of kTimestamp: the file says so
    unsigned most_definition = 0;   // a value is there, and no null, where its definition level is this
    unsigned most_repetition = 0;
};

// Of each value as PLAIN stores it; 0: it differs.
std::uint32_t stored_bytes(const Column& column);

// The tree of the schema, each node before those inside it.
struct SchemaNode {
    bool is_column = false;
    bool is_repeated = false;
    unsigned repetition = 0;   // level of its own repetitions
    std::uint32_t column = 0;  // the first one inside it, or which it is
    std::uint32_t end = 0;     // the place behind what is inside it
};

struct Schema {
    std::vector<Column> columns;
    std::vector<SchemaNode> nodes;
};

inline constexpr std::size_t kMostColumns = 10'000;
inline constexpr std::size_t kMostNodes = 4 * kMostColumns;
inline constexpr int kMaxSchemaDepth = 32;

// Reads the list of schema elements that comes next. kLimit: more columns or depth than that.
Result<Schema> read_schema(ByteReader& bytes);

}  // namespace modelward::fingerprint
