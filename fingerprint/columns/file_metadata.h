// SPDX-License-Identifier: Apache-2.0
// The metadata at the end of a Parquet file (https://github.com/apache/parquet-format,
// src/main/thrift/parquet.thrift), read from front to back: row groups are handed out one at a time, so that
// memory depends on the number of columns only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "fingerprint/byte_source.h"
#include "fingerprint/columns/column.h"
#include "fingerprint/columns/page_codec.h"

namespace modelward::fingerprint {

// The pages of one column in one row group.
struct ColumnChunk {
    StoredType stored = StoredType::kBytes;
    PageCodec codec = PageCodec::kNone;
    std::uint64_t begin = 0, end = 0;  // in the file
    std::uint64_t values = 0;          // and nulls
};

struct RowGroup {
    std::uint64_t rows = 0;
    std::vector<ColumnChunk> columns;  // as many as the schema has
    // What is wrong with it, and then nothing else of it is said. kInvalid; kDenied: a column is encrypted;
    // kUnsupported: one is in another file.
    std::optional<Error> error;
};

// Stops at the visitor's first error. kInvalid: no Parquet, or broken; kDenied: encrypted; kUnsupported,
// kLimit: as read_schema().
using RowGroupVisitor = std::function<Result<void>(const Schema& schema, const RowGroup& group)>;
Result<void> read_file_metadata(const ByteSource& source, const RowGroupVisitor& visit);

}  // namespace modelward::fingerprint
