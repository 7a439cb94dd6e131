// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/projection.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kDirectionSeed = 0x4D57'4449'5245'4331U;  // "MWDIREC1"
constexpr std::size_t kUnroll = 8;

// Row s holds component s of all directions. 1 MiB, made once.
const std::vector<float>& directions() {
    static const std::vector<float> matrix = [] {
        std::vector<float> values(kSamples * kSketchBits);
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = static_cast<float>(std::popcount(splitmix64(kDirectionSeed, i)) - 32);
        }
        return values;
    }();
    return matrix;
}

// Finite values in [-1, 1] with mean zero: no tensor can make the sums overflow.
Samples normalised(const Samples& samples) {
    Samples values;
    std::ranges::transform(samples, values.begin(), [](float v) { return std::isfinite(v) ? v : 0.0F; });
    float greatest = 0;
    for (const float value : values)
        greatest = std::max(greatest, std::abs(value));
    if (greatest == 0) return values;
    double sum = 0;
    for (const float value : values)
        sum += value;
    const double mean = sum / kSamples;
    for (float& value : values)
        value = static_cast<float>((value - mean) / greatest);
    return values;
}

}  // namespace

Sketch project(const Samples& samples) {
    const Samples values = normalised(samples);
    const float* row = directions().data();
    std::array<float, kSketchBits> sums{};
    // The inner loop runs over directions, so that it vectorises without changing the order of any sum.
    for (std::size_t s = 0; s < kSamples; s += kUnroll, row += kUnroll * kSketchBits) {
        for (std::size_t d = 0; d < kSketchBits; ++d) {
            float sum = sums[d];
            for (std::size_t u = 0; u < kUnroll; ++u)
                sum += values[s + u] * row[u * kSketchBits + d];
            sums[d] = sum;
        }
    }
    Sketch sketch{};
    for (std::size_t d = 0; d < kSketchBits; ++d) {
        if (sums[d] > 0) sketch[d / 64] |= std::uint64_t{1} << d % 64;
    }
    return sketch;
}

}  // namespace modelward::fingerprint
