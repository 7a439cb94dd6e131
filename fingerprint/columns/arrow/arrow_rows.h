// SPDX-License-Identifier: Apache-2.0
// The rows of Arrow's IPC, as a file (Feather of version 2) or a stream
// (https://arrow.apache.org/docs/format/Columnar.html), as the records that Parquet, CSV and JSONL of the
// same rows have.
//
// As with Parquet (parquet_rows.h): the same text, bands and limits. Buffers are read through windows and
// decoded as they are read, whatever the size of a batch; of dictionaries kMostDictionaryBytes are held. A
// file whose footer is lost is read as the stream that it holds. Not read, and said so: unions, intervals,
// views of lists, runs, tensors, dictionaries of lists and structures, Feather of version 1.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fingerprint/containers/allowance.h"
#include "fingerprint/records/record_words.h"

namespace modelward::fingerprint {

// All that can be asked of a stream of bytes.
bool begins_as_arrow(std::span<const std::uint8_t> head);
Result<bool> is_arrow(const ByteSource& source);

// Errors: kIo only.
Result<void> visit_arrow_rows(const ByteSource& source, Allowance& allowance, const RecordVisitor& visit,
                              std::vector<Unseen>& unseen);

}  // namespace modelward::fingerprint
