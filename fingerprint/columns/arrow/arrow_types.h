// SPDX-License-Identifier: Apache-2.0
// The types of Arrow (https://github.com/apache/arrow, format/Schema.fbs), each as a layout and a meaning.
#pragma once

#include "fingerprint/columns/arrow/arrow_schema.h"

namespace modelward::fingerprint {

// Sets the layout and the meaning of the field whose table is at `table`. kUnsupported: it has none here.
Result<void> read_arrow_type(const Flatbuffer& message, std::uint64_t table, ArrowField& field);

// Of places in a dictionary; `type` is an Int, or nothing.
Result<void> read_place_type(const Flatbuffer& message, std::optional<std::uint64_t> type, ArrowField& field);

}  // namespace modelward::fingerprint
