// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/eligibility.h"

#include <algorithm>
#include <cmath>

#include "fingerprint/sketches/samples.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kWindow = 16;
constexpr double kLeftOver = 0.05;

double sum_of_squares_about_mean(std::span<const float> values) {
    double sum = 0;
    for (const float value : values)
        sum += value;
    const double mean = sum / static_cast<double>(values.size());
    double squares = 0;
    for (const float value : values)
        squares += (value - mean) * (value - mean);
    return squares;
}

// Least squares for s[n] = x[n+1] + x[n-1] against x[n], with an intercept; what it leaves over, per
// equation, against the variance of x.
bool is_regular_window(std::span<const float> x) {
    const auto [least, greatest] = std::ranges::minmax(x);
    if (!std::isfinite(least) || !std::isfinite(greatest) || least == greatest) return true;
    constexpr std::size_t kEquations = kWindow - 2;
    double mean_x = 0;
    double mean_s = 0;
    for (std::size_t n = 1; n <= kEquations; ++n) {
        mean_x += x[n] / double{kEquations};
        mean_s += (double{x[n + 1]} + x[n - 1]) / double{kEquations};
    }
    double xx = 0;
    double xs = 0;
    double ss = 0;
    for (std::size_t n = 1; n <= kEquations; ++n) {
        const double dx = x[n] - mean_x;
        const double ds = double{x[n + 1]} + x[n - 1] - mean_s;
        xx += dx * dx;
        xs += dx * ds;
        ss += ds * ds;
    }
    const double left = xx > 0 ? ss - xs * xs / xx : ss;
    return left / kEquations < kLeftOver * sum_of_squares_about_mean(x) / kWindow;
}

}  // namespace

bool has_eligible_shape(const Tensor& tensor) {
    const auto wide =
        std::ranges::count_if(tensor.shape.extents(), [](std::uint64_t extent) { return extent > 1; });
    return tensor.elements >= kLeastElements && info(tensor.dtype).decode != nullptr && wide > 1;
}

bool is_regular(std::span<const float> samples) {
    const std::size_t windows = samples.size() / kWindow;
    std::size_t regular = 0;
    for (std::size_t window = 0; window < windows; ++window) {
        if (is_regular_window(samples.subspan(window * kWindow, kWindow))) ++regular;
        if (2 * (regular + windows - window - 1) < windows) return false;  // even if all others were
    }
    return 2 * regular >= windows;
}

}  // namespace modelward::fingerprint
