// SPDX-License-Identifier: Apache-2.0
// A value of a column as text: as Python and pandas write it into CSV, which is what people turn Parquet
// into. What is no number (NaN) is nothing.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "fingerprint/columns/column.h"

namespace modelward::fingerprint {

// `value` is as PLAIN stores it, of stored_bytes(column) bytes; of a boolean it is one byte.
void append_cell(std::string& text, const Column& column, std::span<const std::uint8_t> value);

}  // namespace modelward::fingerprint
