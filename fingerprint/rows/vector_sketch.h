// SPDX-License-Identifier: Apache-2.0
// 128 bits of one row or column of a matrix, made as a tensor's sketch is (sketches/projection.h).
//
// At most 512 elements of a vector are looked at; which ones depends on its length only, so that a row of one
// tensor and a column of its transpose give the same elements. Two sketches are compared by their Hamming
// distance: independent vectors are at 64 (standard deviation 5.7), a 4-bit quantisation at 6, a 2-bit one
// at 18. docs/fingerprint-format.md specifies positions and directions.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace modelward::fingerprint {

inline constexpr std::size_t kVectorBits = 128;
using VectorSketch = std::array<std::uint64_t, kVectorBits / 64>;

// Vectors whose sketches are at most this far apart are the same vector, converted or changed. Independent
// bits come this close with a probability of 5e-11.
inline constexpr int kSameVectorDistance = 28;

inline constexpr std::size_t kMostVectorElements = 512;

// Elements [begin, begin + count) of a vector.
struct VectorRun {
    std::uint64_t begin;
    std::size_t count;
};

// What is looked at of a vector of `length` elements, ascending; together at most kMostVectorElements. Runs
// begin at multiples of 256, so that no block of a quantised type is cut.
std::vector<VectorRun> vector_runs(std::uint64_t length);

// `elements` are those of vector_runs(), in order. Nothing for a vector that says little: one that a formula
// made, or that is nearly all zeros.
std::optional<VectorSketch> sketch_vector(std::span<const float> elements);

inline int hamming_distance(const VectorSketch& a, const VectorSketch& b) {
    return std::popcount(a[0] ^ b[0]) + std::popcount(a[1] ^ b[1]);
}

}  // namespace modelward::fingerprint
