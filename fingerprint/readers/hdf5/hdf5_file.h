// SPDX-License-Identifier: Apache-2.0
// The bytes of an HDF5 file, and records in them, without trusting one address or count.
//
// Addresses in the file are relative to its base address, and are as wide as the superblock says; positions
// here are from the start of the source. Metadata lies scattered about the file, so what is read of it is
// bounded for the file as a whole: kMaxHeaderBytes of records, in kMaxFetches places.
// HDF5 File Format Specification 3.0, "II. Disk Format: Level 0 - File Metadata".
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {

// Of an address that leads nowhere: the file holds nothing there.
inline constexpr std::uint64_t kUndefinedPosition = ~std::uint64_t{0};

class Hdf5File {
  public:
    explicit Hdf5File(const ByteSource& source) : source_(source) {}

    // As the superblock says; until then addresses and lengths have eight bytes.
    void set_base(std::uint64_t base) { base_ = base; }
    // False when a width is none that is read: 2, 4 or 8.
    bool set_widths(std::uint8_t address_bytes, std::uint8_t length_bytes);

    std::uint64_t base() const { return base_; }
    std::uint8_t address_bytes() const { return address_bytes_; }
    std::uint8_t length_bytes() const { return length_bytes_; }

    // kInvalid beyond the end, kLimit beyond what may be read; else the errors of the source.
    Result<void> read(std::uint64_t position, std::span<std::uint8_t> into);
    // Whether nothing more can be read, whatever is asked for: the limit is reached, or the source failed.
    const std::optional<Error>& ended() const { return ended_; }
    // kUnavailable, when the source is a stream that has not come so far that all could be read.
    const std::optional<Error>& too_early() const { return too_early_; }
    std::uint64_t size() const { return source_.size(); }

  private:
    Result<void> fetch(std::uint64_t position);

    const ByteSource& source_;
    std::uint64_t base_ = 0;
    std::uint8_t address_bytes_ = 8;
    std::uint8_t length_bytes_ = 8;
    std::uint64_t bytes_ = 0;
    std::uint64_t fetches_ = 0;
    std::optional<Error> ended_;
    std::optional<Error> too_early_;
    std::uint64_t window_start_ = 0;
    std::size_t window_bytes_ = 0;
    std::array<std::uint8_t, 512> window_{};
};

// Reads a record from front to back. Errors stick: after the first one every read gives zero, so a record may
// be read whole and ok() asked once. Messages of errors end with the position.
class Hdf5Cursor {
  public:
    Hdf5Cursor(Hdf5File& file, std::uint64_t position, std::uint64_t bytes = kUndefinedPosition)
        : file_(&file),
          position_(position),
          end_(bytes > kUndefinedPosition - position ? kUndefinedPosition : position + bytes) {}

    bool ok() const { return !error_; }
    const Error& error() const { return *error_; }
    std::uint64_t position() const { return position_; }
    std::uint64_t left() const { return end_ - position_; }

    template <std::unsigned_integral T>
    T number() {
        return static_cast<T>(sized(sizeof(T)));
    }
    // A number of one to eight bytes.
    std::uint64_t sized(std::size_t bytes);
    std::uint64_t length() { return sized(file_->length_bytes()); }
    // The same, where all bits set mean that there is no limit: then it has all 64.
    std::uint64_t length_or_all();
    // The position that an address stands for; kUndefinedPosition where it is undefined.
    std::uint64_t address();
    void skip(std::uint64_t bytes);
    // Refuses what does not start with it.
    void signature(std::string_view four_letters);
    std::string text(std::uint64_t bytes);
    // What comes before the next NUL, which is taken too.
    std::string terminated_text();

    // Keeps the first error.
    void refuse(ErrorCode code, const std::string& what);

  private:
    void take(std::span<std::uint8_t> into);

    Hdf5File* file_;
    std::uint64_t position_;
    std::uint64_t end_;
    std::optional<Error> error_;
};

}  // namespace modelward::fingerprint
