// SPDX-License-Identifier: Apache-2.0
// 4-bit types whose codes stand for sixteen values that are not evenly spaced: IQ4_NL and IQ4_XS for whole
// numbers that are denser around zero, MXFP4 for the floats of one mantissa bit (E2M1) of the OCP
// Microscaling specification. In each 16 bytes of codes, byte j holds element j (low) and j + 16 (high).
#include <array>
#include <cmath>

#include "fingerprint/dtypes/decoders.h"
#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

using CodeValues = std::array<float, 16>;

// The format defines them; no formula gives them.
constexpr CodeValues kIq4Values = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
constexpr CodeValues kE2m1Values = {0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0F, -0.5, -1, -1.5, -2, -3, -4, -6};

constexpr std::size_t kGroup = 32;

void decode_group(const CodeValues& values, float scale, const std::uint8_t* codes, float* out) {
    for (std::size_t j = 0; j < kGroup; ++j)
        out[j] = scale * values[j < 16 ? codes[j] & 0xFU : codes[j - 16] >> 4];
}

}  // namespace

// [scale][16 bytes of codes]
void decode_iq4_nl(BlockBytes bytes, Floats into) {
    constexpr std::size_t kBlockBytes = 18;
    for (std::size_t block = 0; block < into.size() / kGroup; ++block) {
        const std::uint8_t* in = &bytes[block * kBlockBytes];
        decode_group(kIq4Values, load_half(in), in + 2, &into[block * kGroup]);
    }
}

// Eight groups of 32: [scale of scales][16 bits: an upper pair for each group][8 low nibbles][128 bytes of
// codes]; a group's scale of six bits is stored plus 32.
void decode_iq4_xs(BlockBytes bytes, Floats into) {
    constexpr std::size_t kBlockBytes = 136;
    constexpr std::size_t kGroups = 8;
    for (std::size_t block = 0; block < into.size() / (kGroups * kGroup); ++block) {
        const std::uint8_t* in = &bytes[block * kBlockBytes];
        const float scale = load_half(in);
        const auto upper = load_le<std::uint16_t>(in + 2);
        for (std::size_t group = 0; group < kGroups; ++group) {
            const int low = in[4 + group / 2] >> (4 * (group % 2)) & 0xF;
            const int high = upper >> (2 * group) & 3;
            decode_group(kIq4Values, scale * static_cast<float>((low | high << 4) - 32),
                         in + 8 + group * kGroup / 2, &into[(block * kGroups + group) * kGroup]);
        }
    }
}

// [exponent of the scale, a power of two, plus 127][16 bytes of codes]
void decode_mxfp4(BlockBytes bytes, Floats into) {
    constexpr std::size_t kBlockBytes = 17;
    for (std::size_t block = 0; block < into.size() / kGroup; ++block) {
        const std::uint8_t* in = &bytes[block * kBlockBytes];
        decode_group(kE2m1Values, std::ldexp(1.0F, in[0] - 127), in + 1, &into[block * kGroup]);
    }
}

}  // namespace modelward::fingerprint
