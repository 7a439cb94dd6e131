// SPDX-License-Identifier: Apache-2.0
// Integers of 8 bits and less. Where one scale and zero point belong to all of them these need not be known:
// sketches do not change under an affine map of the values.
#include "fingerprint/dtypes/decoders.h"

namespace modelward::fingerprint {
namespace {

unsigned upper_half_first(BlockBytes bytes, std::size_t i) {
    return static_cast<unsigned>(bytes[i / 2]) >> (i % 2 == 0 ? 4 : 0) & 0xFU;
}

}  // namespace

void decode_i8(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = static_cast<float>(static_cast<std::int8_t>(bytes[i]));
}

void decode_u8(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = static_cast<float>(bytes[i]);
}

// The lowest bits of a byte are its first element.
void decode_u4(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = static_cast<float>(bytes[i / 2] >> (4 * (i % 2)) & 0xF);
}

// Eight in three bytes.
void decode_u3(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i) {
        const std::uint8_t* eight = &bytes[i / 8 * 3];
        const unsigned bits = eight[0] | eight[1] << 8U | eight[2] << 16U;
        into[i] = static_cast<float>(bits >> (3 * (i % 8)) & 7);
    }
}

void decode_u2(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = static_cast<float>(bytes[i / 4] >> (2 * (i % 4)) & 3);
}

// The values that the codes of bitsandbytes stand for are in the file, elsewhere (readers/bitsandbytes.h).
// These are as good for a sketch. Those of NF4 rise with the code, and code 7 is zero.
void decode_nf4(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = static_cast<float>(upper_half_first(bytes, i)) - 7;
}

// FP4 has a sign, two bits of an exponent of which 3 is the least, and a bit of mantissa; 0 is zero, 1 next
// to nothing.
void decode_fp4(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i) {
        const unsigned code = upper_half_first(bytes, i);
        const unsigned exponent = code >> 1 & 3U;
        const float value = exponent == 0 ? 0 : static_cast<float>((2 + (code & 1U)) << (3 - exponent));
        into[i] = (code & 8U) != 0 ? -value : value;
    }
}

}  // namespace modelward::fingerprint
