// SPDX-License-Identifier: Apache-2.0
// What the tests of Arrow ask of a file: its rows, and what of it was not seen.
#pragma once

#include <gtest/gtest.h>

#include "fingerprint/columns/arrow/arrow_rows.h"
#include "fingerprint/containers/unwrap.h"
#include "fingerprint/testing/arrow_writer.h"

namespace modelward::fingerprint::testing {

struct ArrowLook {
    std::vector<std::string> rows;
    std::vector<Unseen> unseen;
    std::uint64_t bytes_read = 0;
};

enum class KeepRows : std::uint8_t { kYes, kNo };  // what is kept counts as memory of the look

inline ArrowLook look_at_arrow(const Bytes& file, KeepRows keep = KeepRows::kYes) {
    const MemorySource source(file);
    const CountingSource counted(source);
    Allowance allowance(limits_of(Depth::kFull), counted);
    ArrowLook found;
    const auto take = [&](std::string_view row) {
        if (keep == KeepRows::kYes) found.rows.emplace_back(row);
    };
    const auto done = visit_arrow_rows(counted, allowance, take, found.unseen);
    EXPECT_TRUE(done);
    found.bytes_read = counted.bytes_read();
    return found;
}

// Of a stream of one batch, which is seen whole.
inline std::vector<std::string> rows_of_batch(const std::vector<ArrowArray>& fields,
                                              ArrowPacking packing = ArrowPacking::kNone) {
    const ArrowLook found = look_at_arrow(arrow_stream({arrow_schema(fields), arrow_batch(fields, packing)}));
    EXPECT_EQ(found.unseen, std::vector<Unseen>{});
    return found.rows;
}

inline std::vector<std::string> rows_of_array(const ArrowArray& field) {
    return rows_of_batch({field});
}

}  // namespace modelward::fingerprint::testing
