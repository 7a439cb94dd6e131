// SPDX-License-Identifier: Apache-2.0
// How long to wait before the next try: doubles from 0.5 s to 30 s, each time a random share between half and
// all of it, so that a fleet that lost its console does not come back at one moment.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace modelward::agent {

class Backoff {
  public:
    static constexpr std::chrono::milliseconds kFirst{500};
    static constexpr std::chrono::milliseconds kLongest{30'000};

    explicit Backoff(std::uint32_t seed) : random_(seed) {}

    std::chrono::milliseconds next() {
        const auto whole = delay_;
        delay_ = std::min(delay_ * 2, kLongest);
        std::uniform_int_distribution<std::int64_t> part(whole.count() / 2, whole.count());
        return std::chrono::milliseconds(part(random_));
    }
    void reset() { delay_ = kFirst; }

  private:
    std::chrono::milliseconds delay_ = kFirst;
    std::mt19937 random_;
};

}  // namespace modelward::agent
