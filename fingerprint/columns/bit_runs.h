// SPDX-License-Identifier: Apache-2.0
// Parquet's hybrid of runs and bit-packed numbers (https://github.com/apache/parquet-format, Encodings.md,
// "RLE"): levels, places in a dictionary, booleans.
#pragma once

#include <cstdint>

#include "fingerprint/columns/byte_reader.h"

namespace modelward::fingerprint {

// Bits that are packed from the lowest one of each byte on.
class PackedBits {
  public:
    std::uint64_t next(ByteReader& bytes, unsigned width) {  // up to 64
        std::uint64_t value = 0;
        for (unsigned have = 0; have < width;) {
            if (held_ == 0) {
                byte_ = bytes.byte();
                held_ = 8;
            }
            const unsigned part = held_ < width - have ? held_ : width - have;
            value |= std::uint64_t{byte_ & ((1U << part) - 1)} << have;
            byte_ >>= part;
            held_ -= part;
            have += part;
        }
        return value;
    }
    void drop() { held_ = 0; }

  private:
    unsigned byte_ = 0, held_ = 0;
};

class BitRuns {
  public:
    // Errors are those of the reader, which must outlive the object. `width` is 32 at most.
    BitRuns(ByteReader& bytes, unsigned width) : bytes_(bytes), width_(width) {}
    std::uint32_t next();

  private:
    void begin_run();

    ByteReader& bytes_;
    unsigned width_;
    std::uint64_t left_ = 0;  // of the run
    bool is_packed_ = false;
    std::uint32_t repeated_ = 0;
    PackedBits bits_;
};

}  // namespace modelward::fingerprint
