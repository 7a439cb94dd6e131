// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/thrift_cursor.h"

namespace modelward::fingerprint {

ThriftType ThriftCursor::field_header(std::int64_t& id) {
    const std::uint8_t header = bytes_.byte();
    const auto type = static_cast<ThriftType>(header & 0xFU);
    if (!bytes_.ok() || type == ThriftType::kStop) return ThriftType::kStop;
    if (type > ThriftType::kStruct) {
        bytes_.refuse(ErrorCode::kInvalid, "a field of an unknown type");
        return ThriftType::kStop;
    }
    const std::int64_t more = header >> 4;
    if (more == 0)
        id = static_cast<std::int16_t>(bytes_.zigzag());
    else
        id += more;
    return type;
}

std::pair<std::uint64_t, ThriftType> ThriftCursor::list_header() {
    const std::uint8_t header = bytes_.byte();
    const auto type = static_cast<ThriftType>(header & 0xFU);
    const std::uint64_t few = header >> 4;
    const std::uint64_t count = few == 0xF ? bytes_.varint() : few;
    if (count != 0 && (type == ThriftType::kStop || type > ThriftType::kStruct))
        bytes_.refuse(ErrorCode::kInvalid, "a list of an unknown type");
    return {count, type};
}

bool ThriftCursor::integer(ThriftType type, std::int64_t& into) {
    if (type == ThriftType::kByte) {
        into = static_cast<std::int8_t>(bytes_.byte());
        return true;
    }
    if (type != ThriftType::kI16 && type != ThriftType::kI32 && type != ThriftType::kI64) return false;
    into = bytes_.zigzag();
    return true;
}

bool ThriftCursor::boolean(ThriftType type, bool& into) {
    if (type != ThriftType::kTrue && type != ThriftType::kFalse) return false;
    into = type == ThriftType::kTrue;
    return true;
}

void ThriftCursor::skip(ThriftType type, int depth) {
    if (depth > kMaxThriftDepth) return bytes_.refuse(ErrorCode::kLimit, "structures nested too deep");
    switch (type) {
        case ThriftType::kStop:
        case ThriftType::kTrue:  // a field's type is its value
        case ThriftType::kFalse:
            return;
        case ThriftType::kByte:
            bytes_.byte();
            return;
        case ThriftType::kI16:
        case ThriftType::kI32:
        case ThriftType::kI64:
            bytes_.varint();
            return;
        case ThriftType::kDouble:
            return bytes_.skip(8);
        case ThriftType::kBinary:
            return bytes_.skip(bytes_.varint());
        case ThriftType::kList:
        case ThriftType::kSet:
            return elements([&](ThriftType element) {
                const bool is_boolean = element == ThriftType::kTrue || element == ThriftType::kFalse;
                skip(is_boolean ? ThriftType::kByte : element, depth + 1);
            });
        case ThriftType::kMap:
            return skip_map(depth);
        case ThriftType::kStruct: {
            std::int64_t id = 0;
            while (bytes_.ok()) {
                const ThriftType field = field_header(id);
                if (field == ThriftType::kStop) return;
                skip(field, depth + 1);
            }
            return;
        }
    }
}

void ThriftCursor::skip_map(int depth) {
    const auto element = [](unsigned type) {
        const auto known = static_cast<ThriftType>(type);
        return known == ThriftType::kTrue || known == ThriftType::kFalse ? ThriftType::kByte : known;
    };
    std::uint64_t count = bytes_.varint();
    if (count == 0) return;
    const std::uint8_t types = bytes_.byte();
    const ThriftType key = element(types >> 4), value = element(types & 0xFU);
    for (const ThriftType type : {key, value})
        if (type == ThriftType::kStop || type > ThriftType::kStruct)
            return bytes_.refuse(ErrorCode::kInvalid, "a map of an unknown type");
    for (; count != 0 && bytes_.ok(); --count) {
        skip(key, depth + 1);
        skip(value, depth + 1);
    }
}

}  // namespace modelward::fingerprint
