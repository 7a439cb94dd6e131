// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/protobuf_fields.h"

namespace modelward::fingerprint {
namespace {

enum WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

}  // namespace

std::uint64_t read_varint(HeaderCursor& cursor) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const auto byte = cursor.number<std::uint8_t>();
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if ((byte & 0x80) == 0) return value;
    }
    cursor.refuse(ErrorCode::kInvalid, "protobuf: a number is longer than 10 bytes");
    return 0;
}

std::optional<ProtobufField> next_field(HeaderCursor& cursor, std::uint64_t end) {
    if (!cursor.ok() || cursor.position() >= end) return std::nullopt;
    const std::uint64_t tag = read_varint(cursor);
    ProtobufField field{tag >> 3, ProtobufField::Kind::kNumber, 0, 0};
    switch (tag & 7) {
        case kVarint:
            field.number = read_varint(cursor);
            break;
        case kFixed64:
            field.number = cursor.number<std::uint64_t>();
            break;
        case kFixed32:
            field.number = cursor.number<std::uint32_t>();
            break;
        case kLengthDelimited: {
            const std::uint64_t bytes = read_varint(cursor);
            field.kind = ProtobufField::Kind::kBytes;
            if (__builtin_add_overflow(cursor.position(), bytes, &field.end))
                cursor.refuse(ErrorCode::kInvalid, "protobuf: a field is too long");
            break;
        }
        default:
            cursor.refuse(ErrorCode::kInvalid,
                          "protobuf: " + std::to_string(tag & 7) + " is no type of field");
    }
    if (field.field == 0) cursor.refuse(ErrorCode::kInvalid, "protobuf: a field has the number 0");
    if (!cursor.ok()) return std::nullopt;
    return field;
}

void leave_field(HeaderCursor& cursor, const ProtobufField& field) {
    if (field.kind != ProtobufField::Kind::kBytes || !cursor.ok()) return;
    if (cursor.position() > field.end) {
        cursor.refuse(ErrorCode::kInvalid, "protobuf: a field ends beyond the message that holds it");
        return;
    }
    cursor.pass(field.end - cursor.position());
}

}  // namespace modelward::fingerprint
