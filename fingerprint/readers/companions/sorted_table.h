// SPDX-License-Identifier: Apache-2.0
// LevelDB's table of keys and values in order, in which TensorFlow keeps what its checkpoints hold.
// https://github.com/google/leveldb/blob/main/doc/table_format.md
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/readers/header_cursor.h"

namespace modelward::fingerprint {

// Whether the bytes [0, end) of the source end as such a table does.
Result<bool> is_sorted_table(const ByteSource& source, std::uint64_t end);

// One entry: the cursor is at its value, which ends at `end`, and may be left anywhere in it. False: no
// further ones.
using UseEntry = std::function<bool(HeaderCursor& cursor, const std::string& key, std::uint64_t end)>;

// Each entry of the table in the bytes [0, end), by its key. Blocks must follow each other, so that each is
// read once. kInvalid, kLimit (a key of more than kMaxNameBytes), kUnsupported (a compressed block), kIo; the
// entries before were used.
Result<void> each_entry(const ByteSource& source, std::uint64_t end, const UseEntry& use);

}  // namespace modelward::fingerprint
