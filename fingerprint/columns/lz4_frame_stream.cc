// SPDX-License-Identifier: Apache-2.0
// https://github.com/lz4/lz4, doc/lz4_Frame_format.md. Checksums are passed over: rows that come out wrong
// match nothing.
#include "fingerprint/columns/lz4_sequences.h"
#include "fingerprint/columns/page_codec.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint32_t kMagic = 0x184D2204;
constexpr std::uint32_t kStoredBlock = 0x80000000;
constexpr unsigned kVersion = 1;
constexpr std::uint64_t kChecksumBytes = 4;

class Lz4FrameStream final : public CopyingStream {
  public:
    Lz4FrameStream(ByteReader& packed, std::uint64_t length)
        : CopyingStream(packed, length), length_(length) {}

  private:
    Next next(ByteReader& packed) override {
        if (!has_begun_) begin(packed);
        if (packed.ok() && is_in_block_ && packed.position() >= block_end_) end_block(packed);
        if (!packed.ok()) return {};
        if (is_in_block_) return sequences_.next(packed);
        const auto block = packed.number<std::uint32_t>();
        if (block == 0) {
            packed.skip(length_ - std::min(length_, packed.position()));  // a checksum, and what pads it
            return {};
        }
        const std::uint64_t bytes = block & ~kStoredBlock;
        block_end_ = packed.position() + bytes;
        is_in_block_ = true;
        sequences_ = {};
        return (block & kStoredBlock) != 0 ? Next{.literal = bytes} : Next{};
    }

    void begin(ByteReader& packed) {
        has_begun_ = true;
        if (packed.number<std::uint32_t>() != kMagic)
            return packed.refuse(ErrorCode::kInvalid, "not a frame of LZ4");
        const std::uint8_t flags = packed.byte();
        packed.byte();  // how large a block is at most
        if (flags >> 6 != kVersion) return packed.refuse(ErrorCode::kUnsupported, "a frame of a later LZ4");
        const bool has_size = (flags & 0x08U) != 0, has_dictionary = (flags & 0x01U) != 0;
        if (has_dictionary) return packed.refuse(ErrorCode::kUnsupported, "LZ4 with a dictionary");
        has_checksums_ = (flags & 0x10U) != 0;
        packed.skip((has_size ? 8 : 0) + 1);  // a checksum of the header
    }

    void end_block(ByteReader& packed) {
        if (packed.position() > block_end_)
            return packed.refuse(ErrorCode::kInvalid, "a sequence that goes beyond its block");
        is_in_block_ = false;
        if (has_checksums_) packed.skip(kChecksumBytes);
    }

    std::uint64_t length_;
    bool has_begun_ = false;
    bool has_checksums_ = false;  // of blocks
    bool is_in_block_ = false;
    std::uint64_t block_end_ = 0;
    Lz4Sequences sequences_;
};

}  // namespace

std::unique_ptr<PageStream> open_lz4_frame(ByteReader& packed, std::uint64_t length) {
    return std::make_unique<Lz4FrameStream>(packed, length);
}

}  // namespace modelward::fingerprint
