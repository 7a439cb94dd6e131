// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/landmarks/number_layout.h"

#include <algorithm>
#include <limits>

#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kAsked = 512;      // numbers of a block that are looked at
constexpr std::size_t kAskedFirst = 64;  // where too few of these are sound, no more are asked
constexpr double kLeastSoundFirst = 0.75;
constexpr double kLeastSound = 0.96;       // of these, with a weight's magnitude or zero
constexpr double kMostZeros = 0.8;         // pruned weights have many
constexpr double kMostZerosInTurn = 0.95;  // every second number zero: the lower halves of wider ones

// Which of them a weight has, and how many bits are below them.
struct Exponents {
    unsigned shift, least, most;
};
constexpr Exponents kBfloat{7, 127 - 24, 127 + 6}, kHalf{10, 1, 15 + 6}, kSingle{23, 127 - 24, 127 + 6};

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

// Asks an even number, then the odd one behind it, all over the block.
template <typename Number>
bool are_numbers(std::span<const std::uint8_t> block, std::size_t phase, const Exponents& exponents) {
    constexpr unsigned kSignless = std::numeric_limits<Number>::max() >> 1;
    const std::size_t pairs = (block.size() - phase) / (2 * sizeof(Number));
    Counts counts;
    for (std::size_t asked = 0; asked < kAsked; ++asked) {
        if (asked == kAskedFirst && static_cast<double>(counts.sound) < kLeastSoundFirst * kAskedFirst)
            return false;
        const std::size_t odd = asked % 2, pair = asked / 2 * pairs / (kAsked / 2);
        const unsigned magnitude =
            load_le<Number>(&block[phase + (2 * pair + odd) * sizeof(Number)]) & kSignless;
        const unsigned exponent = magnitude >> exponents.shift;
        if (magnitude == 0) ++counts.zeros[odd];
        if (magnitude == 0 || (exponent >= exponents.least && exponent <= exponents.most)) ++counts.sound;
    }
    return are_weights(counts);
}

}  // namespace

std::optional<NumberLayout> numbers_in(std::span<const std::uint8_t> block) {
    for (std::size_t phase = 0; phase < 2; ++phase)
        if (are_numbers<std::uint16_t>(block, phase, kBfloat) ||
            are_numbers<std::uint16_t>(block, phase, kHalf))
            return NumberLayout{2, phase};
    for (std::size_t phase = 0; phase < 4; ++phase)
        if (are_numbers<std::uint32_t>(block, phase, kSingle)) return NumberLayout{4, phase};
    return std::nullopt;
}

}  // namespace modelward::fingerprint
