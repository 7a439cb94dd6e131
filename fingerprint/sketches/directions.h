// SPDX-License-Identifier: Apache-2.0
// Fixed pseudo-random directions, and the signs of what samples project to on them: the common part of all
// sketches.
//
// Component s of direction d (of `bits`) is popcount(splitmix64(seed, bits s + d)) - 32: a binomial stand-in
// for a Gaussian, a small integer that is the same on every platform.
#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <span>
#include <vector>

#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {

template <std::size_t kBits, std::size_t kComponents>
class Directions {
  public:
    static constexpr std::size_t kUnroll = 8;
    static_assert(kBits % 64 == 0 && kComponents % kUnroll == 0);
    explicit Directions(std::uint64_t seed) : matrix_(kComponents * kBits) {
        for (std::size_t i = 0; i < matrix_.size(); ++i)
            matrix_[i] = static_cast<float>(std::popcount(splitmix64(seed, i)) - 32);
    }

    // Bit d is set where the projection on direction d is positive. `values` are at most kComponents,
    // normalised. Sums are in single precision and in the order of the samples, or the same tensor would
    // differ between builds.
    std::array<std::uint64_t, kBits / 64> signs(std::span<const float> values) const {
        assert(values.size() % kUnroll == 0 && values.size() <= kComponents);
        std::array<float, kBits> sums{};
        const float* row = matrix_.data();
        // The inner loop runs over directions, so that it vectorises without changing the order of any sum.
        for (std::size_t s = 0; s < values.size(); s += kUnroll, row += kUnroll * kBits) {
            for (std::size_t d = 0; d < kBits; ++d) {
                float sum = sums[d];
                for (std::size_t u = 0; u < kUnroll; ++u)
                    sum += values[s + u] * row[u * kBits + d];
                sums[d] = sum;
            }
        }
        std::array<std::uint64_t, kBits / 64> bits{};
        for (std::size_t d = 0; d < kBits; ++d) {
            if (sums[d] > 0) bits[d / 64] |= std::uint64_t{1} << d % 64;
        }
        return bits;
    }

  private:
    std::vector<float> matrix_;  // row s holds component s of all directions
};

// Makes the values finite (what is not becomes 0), in [-1, 1] and of mean zero: no tensor can make the sums
// overflow.
void normalise(std::span<float> values);

}  // namespace modelward::fingerprint
