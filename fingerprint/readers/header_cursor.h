// SPDX-License-Identifier: Apache-2.0
// Reads a binary little-endian header from front to back through a small buffer.
//
// Errors stick: after the first one every read gives zero, so a parser may read a record and ask ok() once.
// The header may not be longer than kMaxHeaderBytes; data that lies between its parts (the arrays of a
// pickle) is passed over unread and does not count. Counts that come from the file must pass fits() before
// anything is allocated.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {

class HeaderCursor {
  public:
    explicit HeaderCursor(const ByteSource& source) : HeaderCursor(source, 0, source.size()) {}
    // The header is in the bytes [begin, end) of the source, what of them exists.
    HeaderCursor(const ByteSource& source, std::uint64_t begin, std::uint64_t end);

    bool ok() const { return !error_; }
    const Error& error() const { return *error_; }
    std::uint64_t position() const { return position_; }  // in the source
    bool at_end() const { return position_ == end_; }
    std::uint64_t header_bytes() const { return header_bytes_; }  // read or skipped until now

    template <std::unsigned_integral T>
    T number() {
        std::array<std::uint8_t, sizeof(T)> bytes{};
        take(bytes);
        return load_le<T>(bytes.data());
    }
    std::string text(std::uint64_t length);
    // What comes before the next '\n', which is taken too.
    std::string line();
    void skip(std::uint64_t length);
    // Skips what comes before the next byte of this value, and that one.
    void skip_past(std::uint8_t last);
    // Jumps over data that is no part of the header.
    void pass(std::uint64_t length);

    // Whether `count` records of at least `least_bytes` each can still follow.
    bool fits(std::uint64_t count, std::uint64_t least_bytes) const;

    // Keeps the first error; the message gets the position.
    void refuse(ErrorCode code, const std::string& what);

  private:
    void take(std::span<std::uint8_t> into);
    // Makes the next `bytes` be in the buffer; false, with the error kept, when they cannot be read.
    bool hold(std::uint64_t bytes);
    std::uint64_t remaining() const;

    const ByteSource& source_;
    std::uint64_t end_;
    std::uint64_t position_;
    std::uint64_t header_bytes_ = 0;
    std::uint64_t buffer_start_ = 0;
    std::size_t buffer_length_ = 0;
    std::array<std::uint8_t, 16384> buffer_{};
    std::optional<Error> error_;
};

}  // namespace modelward::fingerprint
