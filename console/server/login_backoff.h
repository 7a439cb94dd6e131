// SPDX-License-Identifier: Apache-2.0
// Slows down guessing: after three failures of one user from one address each further try has to wait, twice
// as long each time, up to five minutes. Success forgets. In memory, bounded (a hash for each pair, at most
// kMaxEntries), thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "wire/digest.h"

namespace modelward::console {

class LoginBackoff {
  public:
    static constexpr std::size_t kMaxEntries = 100'000;

    // Milliseconds until the next try is looked at; 0: now.
    std::int64_t wait_ms(const std::string& username, const std::string& address, std::int64_t now_ms);
    void failed(const std::string& username, const std::string& address, std::int64_t now_ms);
    void succeeded(const std::string& username, const std::string& address);

  private:
    struct Failures {
        int count = 0;
        std::int64_t last_ms = 0;
    };
    std::mutex mutex_;
    std::map<wire::Sha256, Failures> failures_;
};

}  // namespace modelward::console
