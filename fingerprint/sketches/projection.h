// SPDX-License-Identifier: Apache-2.0
// 256 bits that stay nearly the same when the values of a tensor are rounded, quantised or a little trained.
//
// The samples are scaled, their mean is subtracted, and they are projected on 256 fixed pseudo-random
// directions; bit b is set where projection b is positive. Two sketches are compared by their Hamming
// distance: independent tensors are at 128 (standard deviation 8), a 4-bit quantisation at 7, a 2-bit one
// at 26. Directions: component s of direction d is popcount(splitmix64(seed, 256 s + d)) - 32, a binomial
// stand-in for a Gaussian that is a small integer on every platform. Specified in docs/fingerprint-format.md.
#pragma once

#include <bit>

#include "fingerprint/fingerprint.h"
#include "fingerprint/sketches/samples.h"

namespace modelward::fingerprint {

// Tensors whose sketches are at most this far apart are the same tensor, converted or changed. Independent
// bits come this close with probability 2e-20; over two million pairs of real independent tensors the least
// distance was 85.
inline constexpr int kSameTensorDistance = 56;

// Tensors of two models that were trained from the same initial values stay this near (mean 69); less than
// what accuses anybody.
inline constexpr int kSameSeedDistance = 76;

Sketch project(const Samples& samples);

inline int hamming_distance(const Sketch& a, const Sketch& b) {
    int distance = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        distance += std::popcount(a[i] ^ b[i]);
    return distance;
}

}  // namespace modelward::fingerprint
