// SPDX-License-Identifier: Apache-2.0
// Reads structures in Thrift's compact protocol (https://github.com/apache/thrift,
// doc/specs/thrift-compact-protocol.md) from front to back.
//
// What the caller does not want is passed over, whatever its type. Each field and element takes a byte at
// least, so the time is bounded by the bytes; nothing is allocated for what the file claims.
#pragma once

#include <cstdint>
#include <utility>

#include "fingerprint/columns/byte_reader.h"

namespace modelward::fingerprint {

inline constexpr int kMaxThriftDepth = 32;

enum class ThriftType : std::uint8_t {
    kStop = 0,
    kTrue = 1,
    kFalse = 2,
    kByte = 3,
    kI16 = 4,
    kI32 = 5,
    kI64 = 6,
    kDouble = 7,
    kBinary = 8,
    kList = 9,
    kSet = 10,
    kMap = 11,
    kStruct = 12,
};

class ThriftCursor {
  public:
    // Errors are those of the reader, which must outlive the object.
    explicit ThriftCursor(ByteReader& bytes) : bytes_(bytes) {}

    // Reads a struct: visit(id, type) says whether it has taken the field's value.
    template <typename Visit>
    void fields(Visit visit) {
        std::int64_t id = 0;
        while (bytes_.ok()) {
            const ThriftType type = field_header(id);
            if (type == ThriftType::kStop) return;
            if (!visit(id, type)) skip(type, 0);
        }
    }
    // Reads a list: visit(type) takes one element.
    template <typename Visit>
    void elements(Visit visit) {
        auto [count, type] = list_header();
        for (; count != 0 && bytes_.ok(); --count)
            visit(type);
    }
    // Takes the value of a field when it is of the type that is wanted.
    bool integer(ThriftType type, std::int64_t& into);
    bool boolean(ThriftType type, bool& into);

    void skip(ThriftType type, int depth);

  private:
    ThriftType field_header(std::int64_t& id);
    std::pair<std::uint64_t, ThriftType> list_header();
    void skip_map(int depth);

    ByteReader& bytes_;
};

}  // namespace modelward::fingerprint
