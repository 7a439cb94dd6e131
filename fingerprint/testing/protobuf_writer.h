// SPDX-License-Identifier: Apache-2.0
// Writes protobuf messages field by field.
#pragma once

#include <string_view>

#include "fingerprint/testing/little_endian_writer.h"

namespace modelward::fingerprint::testing {

class ProtobufWriter {
  public:
    ProtobufWriter& number(std::uint32_t field, std::uint64_t value) {
        return varint(field << 3).varint(value);
    }
    ProtobufWriter& bytes(std::uint32_t field, const Bytes& value) {
        varint(field << 3 | 2).varint(value.size());
        append(bytes_, value);
        return *this;
    }
    ProtobufWriter& text(std::uint32_t field, std::string_view value) {
        return bytes(field, Bytes(value.begin(), value.end()));
    }
    ProtobufWriter& message(std::uint32_t field, const ProtobufWriter& value) {
        return bytes(field, value.bytes());
    }
    ProtobufWriter& varint(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7)
            bytes_.push_back(static_cast<std::uint8_t>(value | 0x80));
        bytes_.push_back(static_cast<std::uint8_t>(value));
        return *this;
    }
    const Bytes& bytes() const { return bytes_; }

  private:
    Bytes bytes_;
};

}  // namespace modelward::fingerprint::testing
