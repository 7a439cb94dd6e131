// SPDX-License-Identifier: Apache-2.0
// Parquet's DELTA_BINARY_PACKED (https://github.com/apache/parquet-format, Encodings.md, "Delta Encoding"):
// numbers by their differences, bit-packed in miniblocks. Additions wrap around.
#pragma once

#include <cstdint>
#include <vector>

#include "fingerprint/columns/bit_runs.h"
#include "fingerprint/columns/byte_reader.h"

namespace modelward::fingerprint {

class DeltaNumbers {
  public:
    // Errors are those of the reader, which must outlive the object.
    explicit DeltaNumbers(ByteReader& bytes);
    std::uint64_t left() const { return left_; }
    std::uint64_t next();
    // Goes to what follows, after the last number.
    void finish();

  private:
    void begin_miniblock();

    ByteReader& bytes_;
    std::uint64_t miniblock_ = 0;  // numbers in one
    std::uint64_t left_ = 0;       // of all
    std::uint64_t value_ = 0;      // the next one, if it has no difference
    bool is_first_ = true;
    std::uint64_t least_ = 0;           // difference of the block
    std::vector<std::uint8_t> widths_;  // of its miniblocks
    std::size_t place_ = 0;             // of the next one among them
    std::uint64_t left_in_miniblock_ = 0;
    unsigned width_ = 0;
    PackedBits bits_;
};

}  // namespace modelward::fingerprint
