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
#include <cstring>
#include <span>
#include <vector>

#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {

template <std::size_t kBits, std::size_t kComponents>
class Directions {
  public:
    explicit Directions(std::uint64_t seed) : matrix_(kComponents * kBits) {
        for (std::size_t s = 0; s < kComponents; ++s)
            for (std::size_t d = 0; d < kBits; ++d)
                matrix_[(d / kTogether * kComponents + s) * kTogether + d % kTogether] =
                    static_cast<float>(std::popcount(splitmix64(seed, s * kBits + d)) - 32);
    }

    // Bit d is set where the projection on direction d is positive. `values` are at most kComponents,
    // normalised. Sums are in single precision and in the order of the samples, or the same tensor would
    // differ between builds.
    std::array<std::uint64_t, kBits / 64> signs(std::span<const float> values) const {
        assert(values.size() <= kComponents);
        std::array<std::uint64_t, kBits / 64> bits{};
        for (std::size_t first = 0; first < kBits; first += kTogether) {
            const auto sums = project(values, matrix_.data() + first * kComponents);
            for (std::size_t d = 0; d < kTogether; ++d)
                if (sums[d / kLanes][d % kLanes] > 0)
                    bits[(first + d) / 64] |= std::uint64_t{1} << (first + d) % 64;
        }
        return bits;
    }

  private:
    friend struct DirectionsForTest;
    // As many directions at once as there are registers for their sums: none waits for another, and the order
    // of none changes. Eight lanes are one register of AVX2, or two of what every x86-64 has; the sums are
    // the same to the last bit, as each lane multiplies and adds by itself (and without FMA, which rounds
    // once).
    static constexpr std::size_t kLanes = 8, kRegisters = 4, kTogether = kLanes * kRegisters;
    static_assert(kBits % 64 == 0 && 64 % kTogether == 0);
    typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));
    using Sums = std::array<std::array<float, kLanes>, kRegisters>;

    [[gnu::always_inline]] static void add_up(std::span<const float> values, const float* components,
                                              Sums& into) {
        std::array<Lanes, kRegisters> sums{};
        for (const float value : values) {
#pragma GCC unroll 4
            for (std::size_t i = 0; i < kRegisters; ++i) {
                Lanes lanes;
                std::memcpy(&lanes, components + i * kLanes, sizeof lanes);
                sums[i] += value * lanes;
            }
            components += kTogether;
        }
        std::memcpy(into.data(), sums.data(), sizeof sums);
    }
#ifdef __x86_64__
    [[gnu::target("avx2")]] static void add_up_wide(std::span<const float> values, const float* components,
                                                    Sums& into) {
        add_up(values, components, into);
    }
#endif
    static Sums project(std::span<const float> values, const float* components) {
        Sums sums;
#ifdef __x86_64__
        static const bool is_wide = __builtin_cpu_supports("avx2") != 0;
        if (is_wide) {
            add_up_wide(values, components, sums);
            return sums;
        }
#endif
        add_up(values, components, sums);
        return sums;
    }

    std::vector<float> matrix_;  // for each kTogether directions: component after component of them
};

// Makes the values finite (what is not becomes 0), in [-1, 1] and of mean zero: no tensor can make the sums
// overflow.
void normalise(std::span<float> values);

}  // namespace modelward::fingerprint
