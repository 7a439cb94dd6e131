// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/landmarks/number_layout.h"

#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kAsked = 512;        // numbers of a block that are looked at
constexpr double kLeastSound = 0.96;       // of these, with a weight's magnitude or zero
constexpr double kMostZeros = 0.8;         // pruned weights have many
constexpr double kMostZerosInTurn = 0.95;  // every second number zero: the lower halves of wider ones
constexpr unsigned kBias = 127, kLeastExponent = kBias - 24, kMostExponent = kBias + 6;  // bfloat16, single
constexpr unsigned kLeastHalfExponent = 1, kMostHalfExponent = 15 + 6;

struct Counts {
    std::size_t sound = 0;
    std::size_t zeros[2] = {0, 0};  // of the numbers at even and at odd places
};

bool are_weights(const Counts& counts) {
    const double zeros = static_cast<double>(counts.zeros[0] + counts.zeros[1]);
    const auto in_turn = static_cast<double>(std::max(counts.zeros[0], counts.zeros[1]));
    return static_cast<double>(counts.sound) >= kLeastSound * kAsked && zeros <= kMostZeros * kAsked &&
           in_turn <= kMostZerosInTurn * kAsked / 2;
}

// Calls `number` with an even place, then the odd one behind it, all over the block.
template <typename Look>
Counts look_at(std::span<const std::uint8_t> block, std::size_t width, std::size_t phase, const Look& look) {
    Counts counts;
    const std::size_t pairs = (block.size() - phase) / (2 * width);
    for (std::size_t i = 0; i < kAsked / 2; ++i) {
        const std::size_t pair = i * pairs / (kAsked / 2);
        for (std::size_t odd = 0; odd < 2; ++odd)
            look(&block[phase + (2 * pair + odd) * width], odd, counts);
    }
    return counts;
}

bool is_between(unsigned exponent, unsigned least, unsigned most) {
    return exponent >= least && exponent <= most;
}

bool are_16_bit(std::span<const std::uint8_t> block, std::size_t phase) {
    std::size_t of_half = 0;
    Counts counts = look_at(block, 2, phase, [&](const std::uint8_t* at, std::size_t odd, Counts& to) {
        const unsigned magnitude = load_le<std::uint16_t>(at) & 0x7FFFU;
        if (magnitude == 0) ++to.zeros[odd];
        to.sound += magnitude == 0 || is_between(magnitude >> 7, kLeastExponent, kMostExponent);
        of_half += magnitude == 0 || is_between(magnitude >> 10, kLeastHalfExponent, kMostHalfExponent);
    });
    counts.sound = std::max(counts.sound, of_half);
    return are_weights(counts);
}

bool are_32_bit(std::span<const std::uint8_t> block, std::size_t phase) {
    return are_weights(look_at(block, 4, phase, [](const std::uint8_t* at, std::size_t odd, Counts& to) {
        const unsigned magnitude = load_le<std::uint32_t>(at) & 0x7FFFFFFFU;
        if (magnitude == 0) ++to.zeros[odd];
        to.sound += magnitude == 0 || is_between(magnitude >> 23, kLeastExponent, kMostExponent);
    }));
}

}  // namespace

std::optional<NumberLayout> numbers_in(std::span<const std::uint8_t> block) {
    for (std::size_t phase = 0; phase < 2; ++phase)
        if (are_16_bit(block, phase)) return NumberLayout{2, phase};
    for (std::size_t phase = 0; phase < 4; ++phase)
        if (are_32_bit(block, phase)) return NumberLayout{4, phase};
    return std::nullopt;
}

}  // namespace modelward::fingerprint
