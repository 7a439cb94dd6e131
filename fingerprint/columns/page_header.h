// SPDX-License-Identifier: Apache-2.0
// The header before each page of a column (https://github.com/apache/parquet-format,
// src/main/thrift/parquet.thrift, PageHeader).
#pragma once

#include <cstdint>

#include "fingerprint/columns/byte_reader.h"

namespace modelward::fingerprint {

enum class PageKind : std::uint8_t { kData, kDataV2, kDictionary, kOther };

enum class PageEncoding : std::uint8_t {
    kPlain = 0,
    kPlainDictionary = 2,
    kRuns = 3,
    kBitPacked = 4,
    kDelta = 5,
    kDeltaLength = 6,
    kDeltaBytes = 7,
    kRunsDictionary = 8,
    kByteStreamSplit = 9,
};

struct PageHeader {
    PageKind kind = PageKind::kOther;
    std::uint64_t packed_bytes = 0;  // behind the header
    std::uint64_t values = 0;        // and nulls
    PageEncoding encoding = PageEncoding::kPlain;
    bool has_packed_levels = false;      // of kData: in the notation that nobody writes any more
    std::uint64_t repetition_bytes = 0;  // of kDataV2: before what is compressed
    std::uint64_t definition_bytes = 0;
    bool is_compressed = true;
};

// Errors are those of the reader; a header that does not make sense is one.
PageHeader read_page_header(ByteReader& bytes);

}  // namespace modelward::fingerprint
