// SPDX-License-Identifier: Apache-2.0
// The rows of a Parquet file (https://github.com/apache/parquet-format) as the records that CSV and JSONL of
// the same rows have (records/record_words.h).
//
// A row is its values in the order of the columns, as cell_text.h writes them; nulls are nothing, and a line
// break in a text ends a record. Rows are read in bands (row_bands.h, with what that takes of memory). What
// is read and decoded counts against the allowance, and the file is read kMostReads times at most; what is
// beyond that, broken, encrypted or not known is noted.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fingerprint/containers/allowance.h"
#include "fingerprint/records/record_words.h"

namespace modelward::fingerprint {

// All that can be asked of a stream.
bool begins_as_parquet(std::span<const std::uint8_t> head);
// Begins so, or ends so: readers look for the metadata at the end, whatever the first bytes are.
Result<bool> is_parquet(const ByteSource& source);

// Errors: kIo only.
Result<void> visit_parquet_rows(const ByteSource& source, Allowance& allowance, const RecordVisitor& visit,
                                std::vector<Unseen>& unseen);

}  // namespace modelward::fingerprint
