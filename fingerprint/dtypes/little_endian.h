// SPDX-License-Identifier: Apache-2.0
// Little-endian loads from unaligned bytes, and half-precision floats. The caller has checked the bounds.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>

namespace modelward::fingerprint {

template <std::unsigned_integral T>
inline T load_le(const std::uint8_t* bytes) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = static_cast<T>(value | static_cast<T>(T{bytes[i]} << (8 * i)));
    return value;
}

// IEEE 754 binary16 to binary32, exactly (subnormals, infinities and NaN included).
inline float half_to_float(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1FU;
    const std::uint32_t mantissa = half & 0x3FFU;
    if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000U | mantissa << 13);
    if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
}

inline float load_half(const std::uint8_t* bytes) {
    return half_to_float(load_le<std::uint16_t>(bytes));
}

}  // namespace modelward::fingerprint
