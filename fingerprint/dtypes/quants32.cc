// SPDX-License-Identifier: Apache-2.0
// Quantised types with 32 elements a block: one half-precision scale, for the _1 types a half-precision
// offset, for the 5-bit types 32 high bits, then the low bits. In the 4-bit array, byte j holds element j
// (low) and j + 16 (high).
#include "fingerprint/dtypes/decoders.h"
#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kElements = 32;

// Layout of one block: [scale][offset if kOffset][high bits if kBits == 5][16 bytes of low bits].
template <int kBits, bool kOffset>
void decode_nibbles(BlockBytes bytes, Floats into) {
    constexpr std::size_t kHighAt = kOffset ? 4 : 2;
    constexpr std::size_t kLowAt = kHighAt + (kBits == 5 ? 4 : 0);
    constexpr std::size_t kBlockBytes = kLowAt + 16;
    constexpr int kZero = kOffset ? 0 : 1 << (kBits - 1);
    for (std::size_t block = 0; block < into.size() / kElements; ++block) {
        const std::uint8_t* in = &bytes[block * kBlockBytes];
        float* out = &into[block * kElements];
        const float scale = load_half(in);
        const float offset = kOffset ? load_half(in + 2) : 0.0F;
        const std::uint32_t high = kBits == 5 ? load_le<std::uint32_t>(in + kHighAt) : 0;
        for (std::size_t j = 0; j < kElements; ++j) {
            const std::uint8_t packed = in[kLowAt + j % 16];
            const unsigned low = j < 16 ? packed & 0xFU : packed >> 4;
            const int code = static_cast<int>(low | (high >> j & 1U) << 4) - kZero;
            out[j] = scale * static_cast<float>(code) + offset;
        }
    }
}

// [scale][up to kCodesAt: nothing that is needed][32 signed codes]
template <std::size_t kCodesAt>
void decode_bytes(BlockBytes bytes, Floats into) {
    constexpr std::size_t kBlockBytes = kCodesAt + kElements;
    for (std::size_t block = 0; block < into.size() / kElements; ++block) {
        const std::uint8_t* in = &bytes[block * kBlockBytes];
        const float scale = load_half(in);
        for (std::size_t j = 0; j < kElements; ++j) {
            into[block * kElements + j] =
                scale * static_cast<float>(static_cast<std::int8_t>(in[kCodesAt + j]));
        }
    }
}

}  // namespace

void decode_q4_0(BlockBytes bytes, Floats into) {
    decode_nibbles<4, false>(bytes, into);
}
void decode_q4_1(BlockBytes bytes, Floats into) {
    decode_nibbles<4, true>(bytes, into);
}
void decode_q5_0(BlockBytes bytes, Floats into) {
    decode_nibbles<5, false>(bytes, into);
}
void decode_q5_1(BlockBytes bytes, Floats into) {
    decode_nibbles<5, true>(bytes, into);
}

void decode_q8_0(BlockBytes bytes, Floats into) {
    decode_bytes<2>(bytes, into);
}
// The second half-precision number is the sum of the codes times the scale.
void decode_q8_1(BlockBytes bytes, Floats into) {
    decode_bytes<4>(bytes, into);
}

}  // namespace modelward::fingerprint
