// SPDX-License-Identifier: Apache-2.0
// What the JSON files have in common that say where a model's tensors are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fingerprint/byte_source.h"
#include "fingerprint/readers/json_cursor.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// Those of published models stay below 10 MB.
inline constexpr std::uint64_t kMostIndexBytes = std::uint64_t{64} << 20;

// By name and size: that a file begins like JSON says too little.
inline bool may_be_index(const ByteSource& header, std::string_view file_name) {
    return file_name.ends_with(".json") && header.size() <= kMostIndexBytes;
}

// Calls read(name) at the value of each member of the object that comes next. It reads the value, or returns
// false and leaves it, to be passed over.
template <typename Read>
void each_member(JsonCursor& json, const Read& read) {
    json.expect('{');
    if (json.take('}')) return;
    do {
        const std::string name(json.text(kMaxNameBytes));
        json.expect(':');
        if (!json.ok()) return;
        if (!read(name)) json.skip_value();
    } while (json.ok() && json.take(','));
    json.expect('}');
}

// Calls read() at each item of the list that comes next.
template <typename Read>
void each_item(JsonCursor& json, const Read& read) {
    json.expect('[');
    if (json.take(']')) return;
    do {
        read();
    } while (json.ok() && json.take(','));
    json.expect(']');
}

}  // namespace modelward::fingerprint
