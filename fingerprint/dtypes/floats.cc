// SPDX-License-Identifier: Apache-2.0
// IEEE 754 floats of 64, 32 and 16 bits, bfloat16, the two 8-bit floats of the OCP FP8 specification, and the
// FNUZ variants of these (finite, no negative zero): their exponent's bias is one more, and the only code
// that is no number is that of negative zero. https://onnx.ai/onnx/technical/float8.html
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "fingerprint/dtypes/decoders.h"
#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

using Table = std::array<float, 256>;

// E4M3 has no infinity: only the all-ones magnitude is NaN.
Table e4m3_table() {
    Table table{};
    for (unsigned code = 0; code < 256; ++code) {
        const int exponent = static_cast<int>(code >> 3 & 0xF);
        const auto mantissa = static_cast<float>(code & 7);
        float value = exponent == 0 ? std::ldexp(mantissa, -9) : std::ldexp(8.0F + mantissa, exponent - 10);
        if ((code & 0x7F) == 0x7F) value = std::numeric_limits<float>::quiet_NaN();
        table[code] = (code & 0x80) != 0 ? -value : value;
    }
    return table;
}

// E5M2 is the upper byte of a binary16.
Table e5m2_table() {
    Table table{};
    for (unsigned code = 0; code < 256; ++code)
        table[code] = half_to_float(static_cast<std::uint16_t>(code << 8));
    return table;
}

// `bias` is what the exponent field of 1.0 holds.
Table fnuz_table(unsigned mantissa_bits, int bias) {
    Table table{};
    for (unsigned code = 0; code < 256; ++code) {
        const unsigned fraction = code & ((1U << mantissa_bits) - 1);
        const unsigned exponent = (code & 0x7F) >> mantissa_bits;
        const unsigned mantissa = exponent == 0 ? fraction : fraction | 1U << mantissa_bits;
        const int power = static_cast<int>(std::max(exponent, 1U)) - bias - static_cast<int>(mantissa_bits);
        const float value = std::ldexp(static_cast<float>(mantissa), power);
        table[code] = (code & 0x80) != 0 ? -value : value;
    }
    table[0x80] = std::numeric_limits<float>::quiet_NaN();
    return table;
}

void look_up(const Table& table, BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = table[bytes[i]];
}

}  // namespace

void decode_f64(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i) {
        into[i] = static_cast<float>(std::bit_cast<double>(load_le<std::uint64_t>(&bytes[8 * i])));
    }
}

void decode_f32(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i) {
        into[i] = std::bit_cast<float>(load_le<std::uint32_t>(&bytes[4 * i]));
    }
}

void decode_f16(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = load_half(&bytes[2 * i]);
}

void decode_bf16(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i) {
        into[i] = std::bit_cast<float>(std::uint32_t{load_le<std::uint16_t>(&bytes[2 * i])} << 16);
    }
}

void decode_f8_e4m3(BlockBytes bytes, Floats into) {
    static const Table table = e4m3_table();
    look_up(table, bytes, into);
}

void decode_f8_e5m2(BlockBytes bytes, Floats into) {
    static const Table table = e5m2_table();
    look_up(table, bytes, into);
}

void decode_f8_e4m3fnuz(BlockBytes bytes, Floats into) {
    static const Table table = fnuz_table(3, 8);
    look_up(table, bytes, into);
}

void decode_f8_e5m2fnuz(BlockBytes bytes, Floats into) {
    static const Table table = fnuz_table(2, 16);
    look_up(table, bytes, into);
}

}  // namespace modelward::fingerprint
