// SPDX-License-Identifier: Apache-2.0
// Forward-only bytes, as unpacking delivers them: nothing can be read twice and the length is not known
// before the end. A stream that is built on another does not own it. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"

namespace modelward::fingerprint {

class ByteStream {
  public:
    ByteStream() = default;
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;
    virtual ~ByteStream() = default;

    // Fills the front of `into`, which is not empty, and returns how much; 0 at the end only. kIo: the file
    // cannot be read. kInvalid: the bytes break their format from here on. kLimit: a limit is reached.
    virtual Result<std::size_t> read(std::span<std::uint8_t> into) = 0;
};

// A random-access source from front to back; the only stream that can go to another place.
class SourceStream final : public ByteStream {
  public:
    explicit SourceStream(const ByteSource& source) : source_(source) {}
    Result<std::size_t> read(std::span<std::uint8_t> into) override;

    const ByteSource& source() const { return source_; }
    std::uint64_t position() const { return position_; }
    // Beyond the end is the end.
    void seek(std::uint64_t position);

  private:
    const ByteSource& source_;
    std::uint64_t position_ = 0;
};

// Lets the next bytes be looked at before they are read.
class PeekableStream final : public ByteStream {
  public:
    explicit PeekableStream(ByteStream& input) : input_(input) {}
    Result<std::size_t> read(std::span<std::uint8_t> into) override;

    // The next `wanted` bytes, or all that are left when they are fewer. Valid until the next call.
    Result<std::span<const std::uint8_t>> peek(std::size_t wanted);

  private:
    ByteStream& input_;
    std::vector<std::uint8_t> held_;  // read from the input, but not from here
    std::size_t taken_ = 0;           // of held_
};

}  // namespace modelward::fingerprint
