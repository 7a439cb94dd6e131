// SPDX-License-Identifier: Apache-2.0
// Objects and lists of JSON, member by member. What breaks off is an error of the cursor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fingerprint/readers/json_cursor.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// The value that comes next, if it is a whole number, 0 or greater; whatever it is, the cursor is behind it.
inline std::optional<std::uint64_t> take_whole_number(JsonCursor& json) {
    if (json.next() != JsonCursor::Kind::kNumber) {
        json.skip_value();
        return std::nullopt;
    }
    const auto number = json.unsigned_integer();
    if (!number) json.skip_word();
    return number;
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
