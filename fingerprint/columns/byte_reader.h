// SPDX-License-Identifier: Apache-2.0
// Takes numbers and pieces from a stream, front to back, through a small buffer.
//
// Errors stick: after the first one every number is zero and nothing is taken, so a parser may take a record
// and ask ok() once. A stream that ends too early is an error, too.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "fingerprint/containers/byte_stream.h"
#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {

class ByteReader {
  public:
    static constexpr std::size_t kBufferBytes = 8192;
    // `input` must outlive the object. `begin` is where the stream begins in what errors speak of.
    explicit ByteReader(ByteStream& input, std::uint64_t begin = 0, std::size_t buffer = kBufferBytes)
        : input_(input), buffer_(buffer), buffer_end_(begin) {}
    ByteReader(const ByteReader&) = delete;
    ByteReader& operator=(const ByteReader&) = delete;

    bool ok() const { return !error_; }
    const Error& error() const { return *error_; }
    std::uint64_t position() const { return buffer_end_ - (filled_ - taken_); }
    // Keeps the first error; the message gets the position.
    void refuse(ErrorCode code, const std::string& what);

    std::uint8_t byte() {
        if (taken_ == filled_ && !fill()) return 0;
        return buffer_[taken_++];
    }
    template <std::unsigned_integral T>
    T number() {
        std::array<std::uint8_t, sizeof(T)> bytes{};
        take(bytes);
        return load_le<T>(bytes.data());
    }
    std::uint64_t varint();  // LEB128
    std::int64_t zigzag();   // a signed one: 0, -1, 1, -2 ...
    void take(std::span<std::uint8_t> into);
    void append(std::string& into, std::uint64_t length);  // the caller has bounded the length
    void skip(std::uint64_t length);
    // As ByteStream::read: what there is, 0 at the end.
    Result<std::size_t> read(std::span<std::uint8_t> into);

  private:
    bool fill();
    std::span<const std::uint8_t> some(std::uint64_t most);  // not empty unless there is an error

    ByteStream& input_;
    std::vector<std::uint8_t> buffer_;
    std::size_t filled_ = 0, taken_ = 0;  // of the buffer
    std::uint64_t buffer_end_;
    std::optional<Error> error_;
};

// The next bytes of a reader as a stream of their own.
class SectionStream final : public ByteStream {
  public:
    SectionStream(ByteReader& from, std::uint64_t length) : from_(from), left_(length) {}
    Result<std::size_t> read(std::span<std::uint8_t> into) override;
    std::uint64_t left() const { return left_; }

  private:
    ByteReader& from_;
    std::uint64_t left_;
};

}  // namespace modelward::fingerprint
