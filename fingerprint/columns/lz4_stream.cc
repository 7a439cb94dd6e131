// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/copying_stream.h"
#include "fingerprint/columns/page_codec.h"

namespace modelward::fingerprint {
namespace {

class Lz4Stream final : public CopyingStream {
  public:
    Lz4Stream(ByteReader& packed, std::uint64_t length) : CopyingStream(packed, length) {}

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

    // The last sequence of a block has its literal only.
    Next next(ByteReader& packed) override {
        is_copy_next_ = !is_copy_next_;
        if (!is_copy_next_) {
            const std::uint64_t distance = packed.number<std::uint16_t>();
            return {.copied = kLeastCopied + length_of(packed, token_ & 0xFU), .distance = distance};
        }
        token_ = packed.byte();
        return {.literal = length_of(packed, token_ >> 4)};
    }

    std::uint8_t token_ = 0;
    bool is_copy_next_ = false;
};

}  // namespace

std::unique_ptr<PageStream> open_lz4_block(ByteReader& packed, std::uint64_t length) {
    return std::make_unique<Lz4Stream>(packed, length);
}

}  // namespace modelward::fingerprint
