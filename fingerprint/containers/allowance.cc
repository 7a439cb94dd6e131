// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/allowance.h"

#include <malloc.h>

namespace modelward::fingerprint {

std::uint64_t allocated_bytes() {
    const auto state = ::mallinfo2();
    return state.uordblks + state.hblkhd;
}

Allowance::Allowance(const WrappingLimits& limits, const CountingSource& file)
    : limits_(limits), file_(file), memory_before_(allocated_bytes()) {}

bool Allowance::take_entry() {
    if (!ended_ && ++entries_ > limits_.entries) ended_ = Unseen::kEntries;
    return !ended_;
}

bool Allowance::take_decoded(std::uint64_t bytes) {
    decoded_ += bytes;
    if (ended_) return false;
    if (decoded_ > limits_.decoded_bytes) {
        ended_ = limits_.decoded_reason;
    } else if (decoded_ > limits_.ratio_grace && decoded_ / limits_.ratio > file_.bytes_read()) {
        ended_ = Unseen::kRatio;
    }
    return !ended_;
}

bool Allowance::has_memory() const {
    const std::uint64_t now = allocated_bytes();
    return now < memory_before_ || now - memory_before_ <= limits_.memory;
}

}  // namespace modelward::fingerprint
