// SPDX-License-Identifier: Apache-2.0
// Writes Parquet files from pages that are given, sound or not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fingerprint/testing/little_endian_writer.h"

namespace modelward::fingerprint::testing {

class ThriftWriter {
  public:
    ThriftWriter& number(int id, std::int64_t value);
    ThriftWriter& text(int id, std::string_view value);
    ThriftWriter& structure(int id, const ThriftWriter& inside);
    ThriftWriter& structures(int id, const std::vector<ThriftWriter>& list);
    ThriftWriter& boolean(int id, bool value);
    Bytes finish() const;  // with the mark of its end

  private:
    void header(int id, unsigned type);
    Bytes bytes_;
    int last_ = 0;
};

Bytes varint(std::uint64_t value);

struct PageSpec {
    int kind = 0;  // 0: data, 2: dictionary, 3: data of version 2
    std::int64_t values = 0;
    int encoding = 0;
    Bytes body = {};
    int definition_bytes = 0, repetition_bytes = 0;  // of version 2
    std::optional<std::int64_t> packed_bytes = std::nullopt;
};

enum class ChunkDefect : std::uint8_t { kNone, kEncrypted, kInAnotherFile, kBeyondTheFile, kNoMetadata };

struct ColumnSpec {
    int type = 6;
    std::vector<PageSpec> pages = {};
    int codec = 0;
    int repetition = 0;
    int converted = -1;
    int scale = 0, length = 0;
    std::int64_t values = -1;  // as the metadata claims it; -1: those of its pages
    ChunkDefect defect = ChunkDefect::kNone;
};

struct GroupSpec {
    std::vector<ColumnSpec> columns;
    std::int64_t rows = 0;
};

enum class Nesting : std::uint8_t { kNone, kOneStructure };  // around all columns

// A file of one row group.
Bytes parquet_file(const std::vector<ColumnSpec>& columns, std::int64_t rows,
                   Nesting nesting = Nesting::kNone);
// Or of several; the columns of the first one are the schema.
Bytes parquet_file(const std::vector<GroupSpec>& groups, Nesting nesting = Nesting::kNone);

// Pages of PLAIN.
PageSpec plain_texts(const std::vector<std::string>& texts);
PageSpec plain_integers(const std::vector<std::uint64_t>& numbers);  // of 64 bits

// What a Snappy compressor makes of bytes in which it finds nothing twice.
Bytes snappy_literal(const Bytes& bytes);
Bytes lz4_literal(const Bytes& bytes);  // and one of LZ4's blocks

}  // namespace modelward::fingerprint::testing
