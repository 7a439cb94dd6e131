// SPDX-License-Identifier: Apache-2.0
// Numbers of elements are added up from tables that may be hostile: what does not fit is the largest number.
#pragma once

#include <cstdint>

namespace modelward::fingerprint {

constexpr std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
    std::uint64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? ~std::uint64_t{0} : sum;
}

}  // namespace modelward::fingerprint
