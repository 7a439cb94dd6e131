// SPDX-License-Identifier: Apache-2.0
// The rows of a table of columns as records, whichever format it is in: Parquet or Arrow. Each format is one
// line of table_rows.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "fingerprint/containers/allowance.h"
#include "fingerprint/hash_sample.h"
#include "fingerprint/records/record_words.h"

namespace modelward::fingerprint {

// All that can be asked of a stream: such a one has to be read from elsewhere than from front to back.
bool begins_as_table(std::span<const std::uint8_t> head);
// "parquet", "arrow"; nothing: it is no table.
Result<std::string_view> table_format(const ByteSource& source);

// Of every format that the file is of. Errors: kIo only; what is not seen is noted.
Result<void> visit_table_rows(const ByteSource& source, Allowance& allowance, const RecordVisitor& visit,
                              std::vector<Unseen>& unseen);

// Those of a whole file as a sample.
Result<HashSample> sample_table_rows(const ByteSource& source, std::vector<Unseen>& unseen);

}  // namespace modelward::fingerprint
