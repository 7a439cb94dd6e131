// SPDX-License-Identifier: Apache-2.0
// The schema of Arrow's IPC (https://github.com/apache/arrow, format/Schema.fbs;
// https://arrow.apache.org/docs/format/Columnar.html): which buffers hold each field, and what its values
// mean, in the words of Parquet's columns, so that a table has the same text as either.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "fingerprint/columns/column.h"
#include "fingerprint/readers/flatbuffer.h"

namespace modelward::fingerprint {

enum class ArrowLayout : std::uint8_t {
    kNull,
    kBits,
    kFixed,      // values of the same length
    kOffsets32,  // texts and bytes: where each ends, and then all of them
    kOffsets64,
    kViews,  // texts and bytes: short ones where they are, long ones in other buffers
    kStruct,
    kList32,  // where each list ends
    kList64,
    kFixedList,
};

struct ArrowField {
    ArrowLayout layout = ArrowLayout::kNull;
    // Of kFixed: bytes of a value; of kFixedList: values of a list.
    std::uint32_t width = 0;
    bool is_signed = false;     // of kFixed, where its numbers are made wider, or are places in a dictionary
    bool is_reversed = false;   // of kFixed: a decimal, whose lowest byte comes first
    std::uint32_t days_of = 0;  // of kFixed: a date, in so many parts of a day; 0: in days
    Column column;              // of a value, also of the dictionary
    std::optional<std::int64_t> dictionary;  // of which the values are places
    std::uint32_t parent = 0;                // itself, where it has none
    unsigned repetition = 0;                 // of a list: level of its values
};

bool is_list(ArrowLayout layout);

inline constexpr std::size_t kMostSteps = 100'000;

struct ArrowSchema {
    std::vector<ArrowField> fields;         // each before those inside it, as batches have them
    Schema rows;                            // the same, of fields with columns in them
    std::vector<std::uint32_t> of_columns;  // which field each column is
    std::size_t steps = 0;                  // fields around and of each column, of all columns
    // The values of dictionaries, as if each were the only field of a batch; none: they are not read.
    std::map<std::int64_t, std::optional<ArrowField>> dictionaries;
};

// That in the table at `table`. kUnsupported: a type that is not read. kLimit: more columns, fields or depth
// than a schema of Parquet may have. kIo.
Result<ArrowSchema> read_arrow_schema(const Flatbuffer& message, std::uint64_t table);

// The schema of one field that has nothing inside it.
ArrowSchema schema_of_values(const ArrowField& field);

// Whether a vector of keys and values, the index-th field of the table, has the key (and, if any, the value).
bool has_key(const Flatbuffer& message, std::uint64_t table, std::uint16_t index, std::string_view key,
             std::string_view value = {});

// A number in a table, or what it is when it is left out.
template <std::unsigned_integral T>
T number_in(const Flatbuffer& message, std::uint64_t table, std::uint16_t index, T otherwise) {
    const auto position = message.field(table, index);
    return position ? message.number<T>(*position).value_or(otherwise) : otherwise;
}

}  // namespace modelward::fingerprint
