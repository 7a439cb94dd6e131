// SPDX-License-Identifier: Apache-2.0
// Q4_K, Q5_K and Q6_K: super-blocks of 256 elements with scales for groups of 32 or 16; and Q8_K, which has
// one scale.
#include <array>
#include <bit>

#include "fingerprint/dtypes/decoders.h"
#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kElements = 256;

struct ScaleAndMin {
    float scale;
    float min;
};

// Eight 6-bit scales and eight 6-bit minima in 12 bytes: the first four of each in the low six bits of bytes
// 0-3 and 4-7; the last four as nibbles in bytes 8-11, with their upper two bits on top of bytes 0-3 and 4-7.
std::array<ScaleAndMin, 8> unpack_scales(const std::uint8_t* packed, float scale, float min) {
    std::array<ScaleAndMin, 8> groups{};
    for (std::size_t i = 0; i < 4; ++i) {
        groups[i] = {scale * static_cast<float>(packed[i] & 63),
                     min * static_cast<float>(packed[i + 4] & 63)};
        const int high_scale = (packed[i + 8] & 0xF) | (packed[i] >> 6) << 4;
        const int high_min = packed[i + 8] >> 4 | (packed[i + 4] >> 6) << 4;
        groups[i + 4] = {scale * static_cast<float>(high_scale), min * static_cast<float>(high_min)};
    }
    return groups;
}

}  // namespace

// [scale of scales][scale of minima][12 packed][128 nibbles]: bytes 32p.. hold group 2p (low) and 2p + 1
// (high).
void decode_q4_k(BlockBytes bytes, Floats into) {
    constexpr std::size_t kBlockBytes = 144;
    for (std::size_t block = 0; block < into.size() / kElements; ++block) {
        const std::uint8_t* in = &bytes[block * kBlockBytes];
        float* out = &into[block * kElements];
        const auto groups = unpack_scales(in + 4, load_half(in), load_half(in + 2));
        for (std::size_t i = 0; i < kElements; ++i) {
            const std::size_t group = i / 32;
            const std::uint8_t packed = in[16 + group / 2 * 32 + i % 32];
            const int code = group % 2 == 0 ? packed & 0xF : packed >> 4;
            out[i] = groups[group].scale * static_cast<float>(code) - groups[group].min;
        }
    }
}

// As Q4_K with 32 bytes of high bits before the nibbles: bit g of byte l belongs to element l of group g.
void decode_q5_k(BlockBytes bytes, Floats into) {
    constexpr std::size_t kBlockBytes = 176;
    for (std::size_t block = 0; block < into.size() / kElements; ++block) {
        const std::uint8_t* in = &bytes[block * kBlockBytes];
        float* out = &into[block * kElements];
        const auto groups = unpack_scales(in + 4, load_half(in), load_half(in + 2));
        for (std::size_t i = 0; i < kElements; ++i) {
            const std::size_t group = i / 32;
            const std::uint8_t packed = in[48 + group / 2 * 32 + i % 32];
            const int low = group % 2 == 0 ? packed & 0xF : packed >> 4;
            const int code = low | (in[16 + i % 32] >> group & 1) << 4;
            out[i] = groups[group].scale * static_cast<float>(code) - groups[group].min;
        }
    }
}

// [128 nibbles][64 bytes of upper bit pairs][16 signed scales][scale]; codes are stored plus 32. Each half of
// 128 elements is four rows of 32: rows 0 and 1 are low nibbles of 32 bytes each, rows 2 and 3 the high
// nibbles.
void decode_q6_k(BlockBytes bytes, Floats into) {
    constexpr std::size_t kBlockBytes = 210;
    for (std::size_t block = 0; block < into.size() / kElements; ++block) {
        const std::uint8_t* in = &bytes[block * kBlockBytes];
        float* out = &into[block * kElements];
        const float scale = load_half(in + 208);
        for (std::size_t i = 0; i < kElements; ++i) {
            const std::size_t half = i / 128;
            const std::size_t row = i % 128 / 32;
            const std::size_t column = i % 32;
            const std::uint8_t packed = in[half * 64 + row % 2 * 32 + column];
            const int low = row < 2 ? packed & 0xF : packed >> 4;
            const int high = in[128 + half * 32 + column] >> (2 * row) & 3;
            const auto group_scale = static_cast<std::int8_t>(in[192 + i / 16]);
            out[i] = scale * static_cast<float>(group_scale) * static_cast<float>((low | high << 4) - 32);
        }
    }
}

// [single-precision scale][256 signed codes][16 sums of codes]
void decode_q8_k(BlockBytes bytes, Floats into) {
    constexpr std::size_t kBlockBytes = 292;
    for (std::size_t block = 0; block < into.size() / kElements; ++block) {
        const std::uint8_t* in = &bytes[block * kBlockBytes];
        const auto scale = std::bit_cast<float>(load_le<std::uint32_t>(in));
        for (std::size_t i = 0; i < kElements; ++i)
            into[block * kElements + i] = scale * static_cast<float>(static_cast<std::int8_t>(in[4 + i]));
    }
}

}  // namespace modelward::fingerprint
