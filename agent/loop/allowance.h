// SPDX-License-Identifier: Apache-2.0
// How often something may be done: so many times in so long, for all together or for each of many.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>

namespace modelward::agent {

class Allowance {
  public:
    using Clock = std::chrono::steady_clock;

    Allowance(std::size_t most, Clock::duration window) : most_(most), window_(window) {}

    // False: not now. A window begins with the first that is taken in it.
    bool take(Clock::time_point now) {
        if (now - begun_ >= window_ || taken_ == 0) {
            begun_ = now;
            taken_ = 0;
        }
        if (taken_ >= most_) return false;
        ++taken_;
        return true;
    }
    Clock::time_point begun() const { return begun_; }

  private:
    std::size_t most_;
    Clock::duration window_;
    std::size_t taken_ = 0;
    Clock::time_point begun_{};
};

// Whoever has more names than are kept (subordinate ids, say) gets more: bound all together as well.
template <typename Key>
class AllowanceOfEach {
  public:
    AllowanceOfEach(std::size_t most_keys, std::size_t most, Allowance::Clock::duration window)
        : most_keys_(most_keys), fresh_(most, window) {}

    bool take(const Key& key, Allowance::Clock::time_point now) {
        if (!known_.contains(key) && known_.size() >= most_keys_)
            known_.erase(
                std::ranges::min_element(known_, {}, [](const auto& entry) { return entry.second.begun(); }));
        return known_.try_emplace(key, fresh_).first->second.take(now);
    }
    std::size_t size() const { return known_.size(); }

  private:
    std::size_t most_keys_;
    Allowance fresh_;
    std::map<Key, Allowance> known_;
};

}  // namespace modelward::agent
