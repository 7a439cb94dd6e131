// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/directions.h"

#include <algorithm>
#include <cmath>

namespace modelward::fingerprint {

void normalise(std::span<float> values) {
    float greatest = 0;
    for (float& value : values) {
        if (!std::isfinite(value)) value = 0;
        greatest = std::max(greatest, std::abs(value));
    }
    if (greatest == 0) return;
    double sum = 0;
    for (const float value : values)
        sum += value;
    const double mean = sum / static_cast<double>(values.size());
    for (float& value : values)
        value = static_cast<float>((value - mean) / greatest);
}

}  // namespace modelward::fingerprint
