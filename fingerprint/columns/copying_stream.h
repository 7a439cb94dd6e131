// SPDX-License-Identifier: Apache-2.0
// What Snappy and LZ4 have in common: a compressed block is literal bytes, and copies of what came at most
// kWindow bytes before.
//
// Their libraries decode a block at once. Pages may be of any size (some writers put a whole column of
// 100,000 texts into one), and memory may not, so blocks are decoded as they are read, with the last
// kWindow bytes kept.
#pragma once

#include <cstdint>
#include <vector>

#include "fingerprint/columns/byte_reader.h"
#include "fingerprint/columns/page_codec.h"

namespace modelward::fingerprint {

class CopyingStream : public PageStream {
  public:
    // That of LZ4's format; Snappy's compressors keep to it.
    static constexpr std::size_t kWindow = 64 * 1024;

    struct Next {
        std::uint64_t literal = 0;   // so many bytes follow as they are,
        std::uint64_t copied = 0;    // or are copied
        std::uint64_t distance = 0;  // from so far before
    };

    Result<std::size_t> read(std::span<std::uint8_t> into) final;
    std::size_t bytes() const final { return kWindow + kBuffer; }

  protected:
    // The next `length` bytes of `packed` are the block.
    CopyingStream(ByteReader& packed, std::uint64_t length)
        : length_(length), section_(packed, length), packed_(section_, 0, kBuffer) {}

    // Reads what comes next; the block has not ended.
    virtual Next next(ByteReader& packed) = 0;

  private:
    static constexpr std::size_t kBuffer = 1024;
    void copy(std::span<std::uint8_t> into);
    void remember(std::span<const std::uint8_t> bytes);

    std::uint64_t length_;
    SectionStream section_;
    ByteReader packed_;
    Next next_;
    std::vector<std::uint8_t> window_ = std::vector<std::uint8_t>(kWindow);  // a ring
    std::uint64_t written_ = 0;
};

}  // namespace modelward::fingerprint
