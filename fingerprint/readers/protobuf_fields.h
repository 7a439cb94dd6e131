// SPDX-License-Identifier: Apache-2.0
// The fields of a protobuf message, one after the other, with the place of their data in the file: what
// generated parsers do not tell. https://protobuf.dev/programming-guides/encoding/
#pragma once

#include <cstdint>
#include <optional>

#include "fingerprint/readers/header_cursor.h"

namespace modelward::fingerprint {

struct ProtobufField {
    enum class Kind : std::uint8_t { kNumber, kBytes };  // varint or fixed; length-delimited
    std::uint64_t field;
    Kind kind;
    std::uint64_t number;  // kNumber
    std::uint64_t end;     // kBytes: where they end; they begin at the cursor

    bool is_number(std::uint64_t wanted) const { return field == wanted && kind == Kind::kNumber; }
    bool is_bytes(std::uint64_t wanted) const { return field == wanted && kind == Kind::kBytes; }
};

// The next field of the message that ends at `end`; nullopt at its end or after an error. What a field of
// kind kBytes holds is for the caller to read or pass over. It may announce more bytes than its message or
// the file has (a file that was cut): reading them is what fails.
std::optional<ProtobufField> next_field(HeaderCursor& cursor, std::uint64_t end);

std::uint64_t read_varint(HeaderCursor& cursor);

// Moves to the end of a field, whatever was read of it.
void leave_field(HeaderCursor& cursor, const ProtobufField& field);

}  // namespace modelward::fingerprint
