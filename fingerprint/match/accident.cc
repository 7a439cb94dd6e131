// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/accident.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace modelward::fingerprint {
namespace {

constexpr double kDeviationOf256 = 8.5;
constexpr double kLeastLog10 = -300;
constexpr double kHashValues = 18446744073709551616.0;  // 2^64
constexpr double kLandmarkValues = 1099511627776.0;     // 2^40: six distances of some 7 bits each

// The share of a normal distribution that is at most `distance`.
double tail(double bits, double distance) {
    const double deviation = kDeviationOf256 * std::sqrt(bits / 256);
    return 0.5 * std::erfc((bits / 2 - distance) / (deviation * std::numbers::sqrt2));
}

double log10_of_at_most_one(double expected) {
    return std::log10(std::clamp(expected, 1e-300, 1.0));
}

}  // namespace

void Accident::add_sketch(double bits, double distance, double compared) {
    log10_ += log10_of_at_most_one(tail(bits, distance) * compared);
}

void Accident::add_chunks(std::uint64_t count, double registered) {
    log10_ += static_cast<double>(count) * log10_of_at_most_one(registered / kHashValues);
}

void Accident::add_landmarks(std::uint64_t count, double registered) {
    log10_ += static_cast<double>(count) * log10_of_at_most_one(registered / kLandmarkValues);
}

double Accident::probability() const {
    return std::pow(10.0, std::max(log10_, kLeastLog10));
}

}  // namespace modelward::fingerprint
