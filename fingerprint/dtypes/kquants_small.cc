// SPDX-License-Identifier: Apache-2.0
// Q2_K and Q3_K: super-blocks of 256 elements in sixteen groups of 16. Each half of 128 elements is four rows
// of 32; row r is bit pair r of the half's 32 bytes.
#include "fingerprint/dtypes/decoders.h"
#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kElements = 256;

int bit_pair(const std::uint8_t* pairs, std::size_t element) {
    const std::size_t row = element % 128 / 32;
    return pairs[element / 128 * 32 + element % 32] >> (2 * row) & 3;
}

// Sixteen 6-bit scales in 12 bytes, stored plus 32: low nibbles in bytes 0-7 (groups 0-7 low, 8-15 high
// half), upper bit pairs in bytes 8-11.
int q3_scale(const std::uint8_t* packed, std::size_t group) {
    const int low = group < 8 ? packed[group] & 0xF : packed[group - 8] >> 4;
    const int high = packed[8 + group % 4] >> (2 * (group / 4)) & 3;
    return (low | high << 4) - 32;
}

}  // namespace

// [16 bytes: scale nibble, minimum nibble][64 bytes of bit pairs][scale of scales][scale of minima]
void decode_q2_k(BlockBytes bytes, Floats into) {
    constexpr std::size_t kBlockBytes = 84;
    for (std::size_t block = 0; block < into.size() / kElements; ++block) {
        const std::uint8_t* in = &bytes[block * kBlockBytes];
        const float scale = load_half(in + 80);
        const float min = load_half(in + 82);
        for (std::size_t i = 0; i < kElements; ++i) {
            const std::uint8_t group = in[i / 16];
            into[block * kElements + i] =
                scale * static_cast<float>(group & 0xF) * static_cast<float>(bit_pair(in + 16, i)) -
                min * static_cast<float>(group >> 4);
        }
    }
}

// [32 bytes of high bits][64 bytes of bit pairs][12 packed scales][scale]. Bit r of high byte l belongs to
// element l of row r (rows counted over both halves); a clear bit subtracts 4.
void decode_q3_k(BlockBytes bytes, Floats into) {
    constexpr std::size_t kBlockBytes = 110;
    for (std::size_t block = 0; block < into.size() / kElements; ++block) {
        const std::uint8_t* in = &bytes[block * kBlockBytes];
        const float scale = load_half(in + 108);
        for (std::size_t i = 0; i < kElements; ++i) {
            const bool high = (in[i % 32] >> (i / 32) & 1) != 0;
            const int code = bit_pair(in + 32, i) - (high ? 0 : 4);
            into[block * kElements + i] =
                scale * static_cast<float>(q3_scale(in + 96, i / 16)) * static_cast<float>(code);
        }
    }
}

}  // namespace modelward::fingerprint
