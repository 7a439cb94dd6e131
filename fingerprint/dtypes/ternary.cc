// SPDX-License-Identifier: Apache-2.0
// TQ1_0 and TQ2_0: blocks of 256 elements that are -1, 0 or 1 times one half-precision scale at the block's
// end. TQ2_0 keeps four elements in a byte, TQ1_0 five.
#include <array>

#include "fingerprint/dtypes/decoders.h"
#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kTernaryBlock = 256;

// The byte is a fraction of 256 in base three, rounded up: multiplying by a power of three shifts its digits,
// what goes over 256 falls away, and the first digit behind the point is the element.
float ternary_digit(std::uint8_t byte, std::size_t digit) {
    constexpr std::array<unsigned, 5> kPowers = {1, 3, 9, 27, 81};
    return static_cast<float>((byte * kPowers[digit] & 0xFFU) * 3 >> 8) - 1.0F;
}

// The bytes hold digit 0 of `bytes` elements, then digit 1 of the next ones, up to `digits`.
float* put_digits(const std::uint8_t* in, std::size_t bytes, std::size_t digits, float scale, float* out) {
    for (std::size_t digit = 0; digit < digits; ++digit) {
        for (std::size_t i = 0; i < bytes; ++i)
            *out++ = scale * ternary_digit(in[i], digit);
    }
    return out;
}

}  // namespace

// [32 bytes of five digits][16 of five][4 of four][scale]
void decode_tq1_0(BlockBytes bytes, Floats into) {
    constexpr std::size_t kBlockBytes = 54;
    for (std::size_t block = 0; block < into.size() / kTernaryBlock; ++block) {
        const std::uint8_t* in = &bytes[block * kBlockBytes];
        const float scale = load_half(in + 52);
        float* out = &into[block * kTernaryBlock];
        out = put_digits(in, 32, 5, scale, out);
        out = put_digits(in + 32, 16, 5, scale, out);
        put_digits(in + 48, 4, 4, scale, out);
    }
}

// [64 bytes of four bit pairs][scale]: each half of 128 elements is four rows of 32; row r is bit pair r of
// the half's 32 bytes.
void decode_tq2_0(BlockBytes bytes, Floats into) {
    constexpr std::size_t kBlockBytes = 66;
    for (std::size_t block = 0; block < into.size() / kTernaryBlock; ++block) {
        const std::uint8_t* in = &bytes[block * kBlockBytes];
        const float scale = load_half(in + 64);
        for (std::size_t i = 0; i < kTernaryBlock; ++i) {
            const int pair = in[i / 128 * 32 + i % 32] >> (2 * (i % 128 / 32)) & 3;
            into[block * kTernaryBlock + i] = scale * static_cast<float>(pair - 1);
        }
    }
}

}  // namespace modelward::fingerprint
