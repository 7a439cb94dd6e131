// SPDX-License-Identifier: Apache-2.0
// Slows down guessing. After three failures of one user from one address each further try has to wait, twice
// as long each time, up to five minutes; success forgets. Whatever the names, a minute takes so many failures
// from one address, and so many in all: a failure costs 30 ms of a core. An IPv6 address is its /64, of which
// who guesses has all. In memory, bounded (a hash for each pair, at most kMaxEntries), thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "wire/digest.h"

namespace modelward::console {

class LoginBackoff {
  public:
    static constexpr std::size_t kMaxEntries = 100'000;
    static constexpr int kMinuteOfAddress = 30;
    static constexpr int kMinuteOfAll = 1200;

    // Milliseconds until the next try is looked at; 0: now.
    std::int64_t wait_ms(const std::string& username, const std::string& address, std::int64_t now_ms);
    void failed(const std::string& username, const std::string& address, std::int64_t now_ms);
    void succeeded(const std::string& username, const std::string& address);

    // Sign-ins of which not even the password was looked at, for the audit log.
    void turned_away(std::uint64_t times = 1) { turned_away_ += times; }
    std::uint64_t take_turned_away() { return turned_away_.exchange(0); }

  private:
    struct Failures {
        int count = 0;
        std::int64_t last_ms = 0;
    };
    struct Minute {
        std::int64_t began_ms = 0;
        int all = 0;
        std::map<std::string, int> by_network{};
    };
    Minute& minute_at(std::int64_t now_ms);

    std::mutex mutex_;
    std::map<wire::Sha256, Failures> failures_;
    Minute minute_;
    std::atomic<std::uint64_t> turned_away_ = 0;
};

}  // namespace modelward::console
