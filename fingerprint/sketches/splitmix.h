// SPDX-License-Identifier: Apache-2.0
// SplitMix64 (Steele, Lea, Flood 2014), as a function of a counter: the n-th output of the generator seeded
// with `seed`. All fixed pseudo-random numbers of the fingerprint come from it, so that every build computes
// the same.
#pragma once

#include <cstdint>

namespace modelward::fingerprint {

constexpr std::uint64_t splitmix64(std::uint64_t seed, std::uint64_t n) {
    std::uint64_t z = seed + (n + 1) * 0x9E3779B97F4A7C15U;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27) * 0x94D049BB133111EBU;
    return z ^ z >> 31;
}

}  // namespace modelward::fingerprint
