// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/bit_runs.h"

namespace modelward::fingerprint {

std::uint32_t BitRuns::next() {
    if (width_ == 0) return 0;  // whatever the runs are
    while (left_ == 0 && bytes_.ok())
        begin_run();
    if (!bytes_.ok()) return 0;
    --left_;
    return is_packed_ ? static_cast<std::uint32_t>(bits_.next(bytes_, width_)) : repeated_;
}

void BitRuns::begin_run() {
    const std::uint64_t header = bytes_.varint();
    is_packed_ = (header & 1) != 0;
    left_ = header >> 1;
    if (left_ >> 32 != 0) return bytes_.refuse(ErrorCode::kInvalid, "a run of more than 2^32 values");
    if (is_packed_) {
        left_ *= 8;
        bits_.drop();
        return;
    }
    repeated_ = 0;
    for (unsigned shift = 0; shift < width_; shift += 8)
        repeated_ |= std::uint32_t{bytes_.byte()} << shift;
}

}  // namespace modelward::fingerprint
