// SPDX-License-Identifier: Apache-2.0
// The rows of a Parquet file (https://github.com/apache/parquet-format) as the records that CSV and JSONL of
// the same rows have (records/record_words.h).
//
// A row is its values in the order of the columns, as cell_text.h writes them; nulls are nothing, and a line
// break in a text ends a record. Rows are read in bands, column after column, so that memory depends neither
// on the number of columns nor on the size of pages or row groups: kMostBandBytes of text twice,
// kMostHeldBytes of decoders and dictionaries that are kept from one band to the next, and those of one
// column. What is read and decoded counts against the allowance, and the file is read kMostReads times at
// most; what is beyond that, broken, encrypted or not known is noted.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fingerprint/containers/allowance.h"
#include "fingerprint/hash_sample.h"
#include "fingerprint/records/record_words.h"

namespace modelward::fingerprint {

inline constexpr std::size_t kMostBandBytes = std::size_t{4} << 20;
inline constexpr std::uint64_t kMostBandRows = 16'384;
inline constexpr std::size_t kMostHeldBytes = std::size_t{20} << 20;
inline constexpr std::uint64_t kMostReads = 10;

// All that can be asked of a stream.
bool begins_as_parquet(std::span<const std::uint8_t> head);
// Begins so, or ends so: readers look for the metadata at the end, whatever the first bytes are.
Result<bool> is_parquet(const ByteSource& source);

// Errors: kIo only.
Result<void> visit_parquet_rows(const ByteSource& source, Allowance& allowance, const RecordVisitor& visit,
                                std::vector<Unseen>& unseen);

// Those of a whole file as a sample.
Result<HashSample> sample_parquet_rows(const ByteSource& source, std::vector<Unseen>& unseen);

}  // namespace modelward::fingerprint
