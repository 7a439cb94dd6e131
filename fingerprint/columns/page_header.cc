// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/page_header.h"

#include "fingerprint/columns/thrift_cursor.h"

namespace modelward::fingerprint {
namespace {

constexpr std::int64_t kMost = 0x7FFFFFFF;  // the format's numbers have 31 bits

struct Numbers {
    std::int64_t kind = -1, unpacked = -1, packed = -1;
    std::int64_t values = 0, encoding = 0, definition_encoding = 3, repetition_encoding = 3;
    std::int64_t definition_bytes = 0, repetition_bytes = 0;
    bool is_compressed = true;
};

void read_data_page(ThriftCursor& thrift, Numbers& numbers) {
    thrift.fields([&](std::int64_t id, ThriftType type) {
        switch (id) {
            case 1:
                return thrift.integer(type, numbers.values);
            case 2:
                return thrift.integer(type, numbers.encoding);
            case 3:
                return thrift.integer(type, numbers.definition_encoding);
            case 4:
                return thrift.integer(type, numbers.repetition_encoding);
            default:
                return false;
        }
    });
}

void read_data_page_v2(ThriftCursor& thrift, Numbers& numbers) {
    thrift.fields([&](std::int64_t id, ThriftType type) {
        switch (id) {
            case 1:
                return thrift.integer(type, numbers.values);
            case 4:
                return thrift.integer(type, numbers.encoding);
            case 5:
                return thrift.integer(type, numbers.definition_bytes);
            case 6:
                return thrift.integer(type, numbers.repetition_bytes);
            case 7:
                return thrift.boolean(type, numbers.is_compressed);
            default:
                return false;
        }
    });
}

void read_dictionary_page(ThriftCursor& thrift, Numbers& numbers) {
    thrift.fields([&](std::int64_t id, ThriftType type) {
        return id == 1 ? thrift.integer(type, numbers.values)
                       : id == 2 && thrift.integer(type, numbers.encoding);
    });
}

PageKind kind_of(std::int64_t kind) {
    switch (kind) {
        case 0:
            return PageKind::kData;
        case 2:
            return PageKind::kDictionary;
        case 3:
            return PageKind::kDataV2;
        default:
            return PageKind::kOther;
    }
}

}  // namespace

PageHeader read_page_header(ByteReader& bytes) {
    ThriftCursor thrift(bytes);
    Numbers numbers;
    thrift.fields([&](std::int64_t id, ThriftType type) {
        if (id == 1) return thrift.integer(type, numbers.kind);
        if (id == 2) return thrift.integer(type, numbers.unpacked);
        if (id == 3) return thrift.integer(type, numbers.packed);
        if (type != ThriftType::kStruct) return false;
        if (id == 5 && numbers.kind == 0) return read_data_page(thrift, numbers), true;
        if (id == 7 && numbers.kind == 2) return read_dictionary_page(thrift, numbers), true;
        if (id == 8 && numbers.kind == 3) return read_data_page_v2(thrift, numbers), true;
        return false;
    });
    for (const std::int64_t number : {numbers.kind, numbers.unpacked, numbers.packed, numbers.values,
                                      numbers.encoding, numbers.definition_bytes, numbers.repetition_bytes})
        if (number < 0 || number > kMost) bytes.refuse(ErrorCode::kInvalid, "a page of an impossible size");
    if (numbers.definition_bytes + numbers.repetition_bytes > numbers.packed)
        bytes.refuse(ErrorCode::kInvalid, "a page that is shorter than its levels");
    if (numbers.encoding > 0xFF) bytes.refuse(ErrorCode::kUnsupported, "a page in an unknown encoding");
    const auto size = [](std::int64_t number) { return static_cast<std::uint64_t>(number); };
    return {.kind = kind_of(numbers.kind),
            .packed_bytes = size(numbers.packed),
            .values = size(numbers.values),
            .encoding = static_cast<PageEncoding>(numbers.encoding),
            .has_packed_levels = numbers.definition_encoding == 4 || numbers.repetition_encoding == 4,
            .repetition_bytes = size(numbers.repetition_bytes),
            .definition_bytes = size(numbers.definition_bytes),
            .is_compressed = numbers.is_compressed};
}

}  // namespace modelward::fingerprint
