// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/copying_stream.h"
#include "fingerprint/columns/page_codec.h"

namespace modelward::fingerprint {
namespace {

class SnappyStream final : public CopyingStream {
  public:
    SnappyStream(ByteReader& packed, std::uint64_t length) : CopyingStream(packed, length) {}

  private:
    static constexpr std::uint8_t kLongLiteral = 60;  // and more: the length follows in 1 to 4 bytes

    static std::uint64_t little_endian(ByteReader& packed, unsigned bytes) {
        std::uint64_t value = 0;
        for (unsigned i = 0; i < bytes; ++i)
            value |= std::uint64_t{packed.byte()} << (8 * i);
        return value;
    }

    Next next(ByteReader& packed) override {
        if (!has_length_) {
            has_length_ = true;
            packed.varint();  // of the whole, which the page's header says, too
            return {};
        }
        const std::uint8_t tag = packed.byte();
        const auto upper = static_cast<std::uint8_t>(tag >> 2);
        switch (tag & 3U) {
            case 0:
                return {.literal =
                            1 + (upper < kLongLiteral ? upper
                                                      : little_endian(packed, 1U + upper - kLongLiteral))};
            case 1:
                return {.copied = 4U + (upper & 7U), .distance = (tag & 0xE0U) << 3 | packed.byte()};
            case 2:
                return {.copied = 1U + upper, .distance = little_endian(packed, 2)};
            default:
                return {.copied = 1U + upper, .distance = little_endian(packed, 4)};
        }
    }

    bool has_length_ = false;
};

}  // namespace

std::unique_ptr<PageStream> open_snappy(ByteReader& packed, std::uint64_t length) {
    return std::make_unique<SnappyStream>(packed, length);
}

}  // namespace modelward::fingerprint
