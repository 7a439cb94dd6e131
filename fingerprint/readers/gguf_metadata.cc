// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/gguf_metadata.h"

#include <bit>

namespace modelward::fingerprint {
namespace {

constexpr std::uint32_t kUint32 = 4;
constexpr std::uint32_t kString = 8;
constexpr std::uint32_t kArray = 9;
constexpr std::uint64_t kMaxAlignment = 1U << 20;

// Bytes of a value of fixed size; 0 for strings, arrays and unknown types.
std::uint64_t fixed_size(std::uint32_t type) {
    switch (type) {
        case 0:
        case 1:
        case 7:
            return 1;  // uint8, int8, bool
        case 2:
        case 3:
            return 2;  // uint16, int16
        case 4:
        case 5:
        case 6:
            return 4;  // uint32, int32, float32
        case 10:
        case 11:
        case 12:
            return 8;  // uint64, int64, float64
        default:
            return 0;
    }
}

void skip_value(HeaderCursor& cursor, std::uint32_t version, std::uint32_t type, int depth);

void skip_array(HeaderCursor& cursor, std::uint32_t version, int depth) {
    if (depth >= kMaxGgufArrayDepth) {
        cursor.refuse(ErrorCode::kLimit,
                      "arrays are nested deeper than " + std::to_string(kMaxGgufArrayDepth));
        return;
    }
    const auto type = cursor.number<std::uint32_t>();
    if (fixed_size(type) == 0 && type != kString && type != kArray) {
        cursor.refuse(ErrorCode::kInvalid,
                      "an array has elements of the unknown type " + std::to_string(type));
        return;
    }
    const std::uint64_t count = read_gguf_size(cursor, version);
    const std::uint64_t least = fixed_size(type) != 0 ? fixed_size(type) : version == 1 ? 4 : 8;
    if (!cursor.fits(count, least)) {
        cursor.refuse(ErrorCode::kInvalid, "an array announces " + std::to_string(count) +
                                               " elements, more than the file can hold");
        return;
    }
    if (fixed_size(type) != 0) {
        cursor.skip(count * fixed_size(type));
        return;
    }
    for (std::uint64_t i = 0; i < count && cursor.ok(); ++i)
        skip_value(cursor, version, type, depth + 1);
}

void skip_value(HeaderCursor& cursor, std::uint32_t version, std::uint32_t type, int depth) {
    if (fixed_size(type) != 0) {
        cursor.skip(fixed_size(type));
    } else if (type == kString) {
        cursor.skip(read_gguf_size(cursor, version));
    } else if (type == kArray) {
        skip_array(cursor, version, depth);
    } else {
        cursor.refuse(ErrorCode::kInvalid, "a value has the unknown type " + std::to_string(type));
    }
}

std::uint64_t read_alignment(HeaderCursor& cursor, std::uint32_t type) {
    if (type != kUint32) {
        cursor.refuse(ErrorCode::kInvalid, "general.alignment is not an unsigned 32-bit number");
        return 1;
    }
    const std::uint64_t alignment = cursor.number<std::uint32_t>();
    if (!std::has_single_bit(alignment) || alignment > kMaxAlignment) {
        cursor.refuse(ErrorCode::kInvalid, "general.alignment is " + std::to_string(alignment) +
                                               "; a power of two up to " + std::to_string(kMaxAlignment) +
                                               " is needed");
        return 1;
    }
    return alignment;
}

}  // namespace

std::uint64_t read_gguf_size(HeaderCursor& cursor, std::uint32_t version) {
    return version == 1 ? cursor.number<std::uint32_t>() : cursor.number<std::uint64_t>();
}

GgufMetadata read_gguf_metadata(HeaderCursor& cursor, std::uint32_t version, std::uint64_t count) {
    GgufMetadata metadata;
    for (std::uint64_t i = 0; i < count && cursor.ok(); ++i) {
        const std::string key = cursor.text(read_gguf_size(cursor, version));
        const auto type = cursor.number<std::uint32_t>();
        if (!cursor.ok()) break;
        if (key == "general.alignment") {
            metadata.alignment = read_alignment(cursor, type);
        } else {
            skip_value(cursor, version, type, 0);
        }
    }
    return metadata;
}

}  // namespace modelward::fingerprint
