// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/projection.h"

#include "fingerprint/sketches/directions.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kDirectionSeed = 0x4D57'4449'5245'4331U;  // "MWDIREC1"

}  // namespace

Sketch project(const Samples& samples) {
    static const Directions<kSketchBits, kSamples> directions(kDirectionSeed);  // 1 MiB
    Samples values = samples;
    normalise(values);
    return directions.signs(values);
}

}  // namespace modelward::fingerprint
