// SPDX-License-Identifier: Apache-2.0
// Whether bytes without any header are floating-point numbers, and where they begin.
//
// Weights have magnitudes between some 2^-24 and 2^6. Bytes that are read in another width or from another
// place than they were written have exponents all over the range, with one exception, which the order of
// the questions settles: pairs of bfloat16 look like float32.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace modelward::fingerprint {

struct NumberLayout {
    std::size_t width;  // 2: bfloat16 or half precision, whose magnitudes are in the same order; 4: single
    std::size_t phase;  // of the block's first byte: the first whole number begins after so many bytes
    bool operator==(const NumberLayout&) const = default;
};

// Null: they are not. `block` has at least kLeastNumberBlock bytes.
std::optional<NumberLayout> numbers_in(std::span<const std::uint8_t> block);
inline constexpr std::size_t kLeastNumberBlock = 4096;

}  // namespace modelward::fingerprint
