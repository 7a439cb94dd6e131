// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/rows/vector_sketch.h"

#include <algorithm>
#include <cassert>

#include "fingerprint/sketches/directions.h"
#include "fingerprint/sketches/eligibility.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kDirectionSeed = 0x4D57'5645'4354'5231U;  // "MWVECTR1"
constexpr std::uint64_t kPositionSeed = 0x4D57'5652'554E'5331U;   // "MWVRUNS1"
constexpr std::uint64_t kRunElements = 256;
constexpr std::uint64_t kRuns = kMostVectorElements / kRunElements;
constexpr std::size_t kLeastNonZero = 16;

bool is_nearly_zero(std::span<const float> elements) {
    const auto zeros = static_cast<std::size_t>(std::ranges::count(elements, 0.0F));
    return elements.size() - zeros < kLeastNonZero;
}

}  // namespace

std::vector<VectorRun> vector_runs(std::uint64_t length) {
    if (length <= kMostVectorElements) return {{0, static_cast<std::size_t>(length)}};
    const std::uint64_t blocks = length / kRunElements;  // two at least
    std::vector<VectorRun> runs;
    for (std::uint64_t run = 0; run < kRuns; ++run) {
        const std::uint64_t first = run == 0 ? 0 : blocks / 2;
        const std::uint64_t width = run == 0 ? blocks / 2 : blocks - blocks / 2;
        const std::uint64_t block = first + splitmix64(kPositionSeed, kRuns * length + run) % width;
        runs.push_back({block * kRunElements, kRunElements});
    }
    return runs;
}

std::optional<VectorSketch> sketch_vector(std::span<const float> elements) {
    assert(elements.size() <= kMostVectorElements);
    static const Directions<kVectorBits, kMostVectorElements> directions(kDirectionSeed);  // 256 KiB
    if (is_nearly_zero(elements) || is_regular(elements)) return std::nullopt;
    std::vector<float> values(elements.begin(), elements.end());
    normalise(values);
    return directions.signs(values);
}

}  // namespace modelward::fingerprint
