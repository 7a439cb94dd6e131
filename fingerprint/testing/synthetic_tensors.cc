// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/synthetic_tensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint::testing {
namespace {

void put16(Bytes& out, std::uint16_t value) {
    out.push_back(static_cast<std::uint8_t>(value));
    out.push_back(static_cast<std::uint8_t>(value >> 8));
}

// Rounds half up; values of the tests are normal numbers of half precision or become zero.
std::uint16_t to_half(float value) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value) + 0x1000U;
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000U);
    const std::uint32_t exponent = bits >> 23 & 0xFFU;
    if (exponent <= 112) return sign;
    return static_cast<std::uint16_t>(sign | (exponent - 112) << 10 | (bits >> 13 & 0x3FFU));
}

int code_of(float value, float scale, int least, int most) {
    return scale == 0 ? 0 : std::clamp(static_cast<int>(std::lround(value / scale)), least, most);
}

struct GroupRange {
    float scale;  // one step of a 4-bit code
    float depth;  // how far below zero the group goes
};

GroupRange range_of(std::span<const float> group) {
    const float least = std::min(0.0F, std::ranges::min(group));
    return {(std::max(0.0F, std::ranges::max(group)) - least) / 15, -least};
}

void encode_q4_k_block(std::span<const float> block, Bytes& out) {
    std::array<GroupRange, 8> groups;
    float most_scale = 0;
    float most_depth = 0;
    for (std::size_t g = 0; g < 8; ++g) {
        groups[g] = range_of(block.subspan(g * 32, 32));
        most_scale = std::max(most_scale, groups[g].scale);
        most_depth = std::max(most_depth, groups[g].depth);
    }
    const float scale = most_scale / 63;
    const float depth = most_depth / 63;
    std::array<int, 8> scales;
    std::array<int, 8> depths;
    for (std::size_t g = 0; g < 8; ++g) {
        scales[g] = code_of(groups[g].scale, scale, 0, 63);
        depths[g] = code_of(groups[g].depth, depth, 0, 63);
    }
    put16(out, to_half(scale));
    put16(out, to_half(depth));
    for (std::size_t g = 0; g < 4; ++g)
        out.push_back(static_cast<std::uint8_t>(scales[g] | scales[g + 4] >> 4 << 6));
    for (std::size_t g = 0; g < 4; ++g)
        out.push_back(static_cast<std::uint8_t>(depths[g] | depths[g + 4] >> 4 << 6));
    for (std::size_t g = 4; g < 8; ++g) {
        out.push_back(static_cast<std::uint8_t>((scales[g] & 0xF) | (depths[g] & 0xF) << 4));
    }
    const auto code = [&](std::size_t g, std::size_t i) {
        const float zero = depth * static_cast<float>(depths[g]);
        return code_of(block[g * 32 + i] + zero, scale * static_cast<float>(scales[g]), 0, 15);
    };
    for (std::size_t g = 0; g < 8; g += 2) {
        for (std::size_t i = 0; i < 32; ++i)
            out.push_back(static_cast<std::uint8_t>(code(g, i) | code(g + 1, i) << 4));
    }
}

}  // namespace

std::vector<float> weights(std::uint64_t seed, std::size_t count) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        float sum = 0;  // of four uniform values: close enough to normal
        const std::uint64_t random = splitmix64(seed, i);
        for (int part = 0; part < 4; ++part)
            sum += static_cast<float>(random >> (16 * part) & 0xFFFF) / 65536.0F;
        values[i] = (sum - 2.0F) * 0.02F / std::sqrt(1.0F / 3.0F);
    }
    return values;
}

Bytes noise_bytes(std::uint64_t seed, std::size_t count) {
    Bytes bytes(count);
    for (std::size_t i = 0; i < count; ++i)
        bytes[i] = static_cast<std::uint8_t>(splitmix64(seed, i) >> 56);
    return bytes;
}

Bytes encode_f32(std::span<const float> values) {
    Bytes out;
    for (const float value : values) {
        const auto bits = std::bit_cast<std::uint32_t>(value);
        put16(out, static_cast<std::uint16_t>(bits));
        put16(out, static_cast<std::uint16_t>(bits >> 16));
    }
    return out;
}

Bytes encode_f16(std::span<const float> values) {
    Bytes out;
    for (const float value : values)
        put16(out, to_half(value));
    return out;
}

Bytes encode_bf16(std::span<const float> values) {
    Bytes out;
    for (const float value : values) {
        put16(out, static_cast<std::uint16_t>((std::bit_cast<std::uint32_t>(value) + 0x8000U) >> 16));
    }
    return out;
}

Bytes encode_q8_0(std::span<const float> values) {
    Bytes out;
    for (std::size_t at = 0; at + 32 <= values.size(); at += 32) {
        const auto block = values.subspan(at, 32);
        float greatest = 0;
        for (const float value : block)
            greatest = std::max(greatest, std::abs(value));
        put16(out, to_half(greatest / 127));
        for (const float value : block) {
            out.push_back(static_cast<std::uint8_t>(code_of(value, greatest / 127, -127, 127)));
        }
    }
    return out;
}

Bytes encode_q4_k(std::span<const float> values) {
    Bytes out;
    for (std::size_t at = 0; at + 256 <= values.size(); at += 256)
        encode_q4_k_block(values.subspan(at, 256), out);
    return out;
}

}  // namespace modelward::fingerprint::testing
