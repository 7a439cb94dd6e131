// SPDX-License-Identifier: Apache-2.0
// The sequences of a block of LZ4 (https://github.com/lz4/lz4, doc/lz4_Block_format.md): bytes as they are,
// and then a copy, which the last sequence of a block lacks.
#pragma once

#include "fingerprint/columns/copying_stream.h"

namespace modelward::fingerprint {

class Lz4Sequences {
  public:
    // What comes next in the block: by turns bytes as they are and a copy.
    CopyingStream::Next next(ByteReader& packed) {
        is_copy_next_ = !is_copy_next_;
        if (!is_copy_next_) {
            const std::uint64_t distance = packed.number<std::uint16_t>();
            return {.copied = kLeastCopied + length_of(packed, token_ & 0xFU), .distance = distance};
        }
        token_ = packed.byte();
        return {.literal = length_of(packed, token_ >> 4)};
    }

  private:
    static constexpr std::uint64_t kLeastCopied = 4;

    // 15 and more is told by bytes that follow, up to one that is not 255.
    static std::uint64_t length_of(ByteReader& packed, std::uint64_t nibble) {
        if (nibble != 15) return nibble;
        std::uint64_t length = nibble;
        while (true) {
            const std::uint8_t more = packed.byte();
            length += more;
            if (more != 255) return length;
        }
    }

    std::uint8_t token_ = 0;
    bool is_copy_next_ = false;
};

}  // namespace modelward::fingerprint
