// SPDX-License-Identifier: Apache-2.0
// Looks into a FlatBuffers file without trusting one offset of it. Positions are counted from the start of
// the file. What lies outside of the file, and what a table leaves out, gives nullopt; a failure to read does
// so too and is kept. https://flatbuffers.dev/internals/
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

class Flatbuffer {
  public:
    explicit Flatbuffer(const ByteSource& source) : source_(source) {}

    const std::optional<Error>& io_error() const { return io_error_; }
    std::uint64_t size() const { return source_.size(); }

    template <std::unsigned_integral T>
    std::optional<T> number(std::uint64_t position) const {
        std::array<std::uint8_t, sizeof(T)> bytes{};
        if (!read(position, bytes)) return std::nullopt;
        return load_le<T>(bytes.data());
    }

    // Where the offset at `position` points to: a table, vector or string.
    std::optional<std::uint64_t> follow(std::uint64_t position) const;
    // Where the value of a table's field is.
    std::optional<std::uint64_t> field(std::uint64_t table, std::uint16_t index) const;
    // What a field of a table points to.
    std::optional<std::uint64_t> target(std::uint64_t table, std::uint16_t index) const;

    struct Vector {
        std::uint64_t start;
        std::uint64_t count;
    };
    // The vector at `position`; nullopt when the file does not hold all of it.
    std::optional<Vector> vector(std::uint64_t position, std::uint64_t item_bytes) const;
    // nullopt beyond kMaxNameBytes.
    std::optional<std::string> text(std::uint64_t position) const;

  private:
    bool read(std::uint64_t position, std::span<std::uint8_t> into) const;

    const ByteSource& source_;
    mutable std::optional<Error> io_error_;
    mutable std::uint64_t window_start_ = 0;
    mutable std::size_t window_bytes_ = 0;
    mutable std::array<std::uint8_t, 512> window_{};
};

}  // namespace modelward::fingerprint
