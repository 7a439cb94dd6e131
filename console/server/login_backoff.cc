// SPDX-License-Identifier: Apache-2.0
#include "console/server/login_backoff.h"

#include <algorithm>

namespace modelward::console {
namespace {

constexpr int kFreeFailures = 3;
constexpr std::int64_t kFirstWaitMs = 1000;
constexpr std::int64_t kLongestWaitMs = 300'000;

// As long for any name.
wire::Sha256 key_of(const std::string& username, const std::string& address) {
    return wire::sha256(address + "\n" + username);
}

}  // namespace

std::int64_t LoginBackoff::wait_ms(const std::string& username, const std::string& address,
                                   std::int64_t now_ms) {
    const std::lock_guard guard(mutex_);
    const auto found = failures_.find(key_of(username, address));
    if (found == failures_.end() || found->second.count < kFreeFailures) return 0;
    const int doublings = std::min(found->second.count - kFreeFailures, 20);
    const std::int64_t wait = std::min(kFirstWaitMs << doublings, kLongestWaitMs);
    return std::max<std::int64_t>(0, found->second.last_ms + wait - now_ms);
}

void LoginBackoff::failed(const std::string& username, const std::string& address, std::int64_t now_ms) {
    const std::lock_guard guard(mutex_);
    if (failures_.size() >= kMaxEntries) {
        std::erase_if(failures_,
                      [now_ms](const auto& entry) { return entry.second.last_ms + kLongestWaitMs < now_ms; });
        if (failures_.size() >= kMaxEntries) failures_.clear();
    }
    Failures& entry = failures_[key_of(username, address)];
    ++entry.count;
    entry.last_ms = now_ms;
}

void LoginBackoff::succeeded(const std::string& username, const std::string& address) {
    const std::lock_guard guard(mutex_);
    failures_.erase(key_of(username, address));
}

}  // namespace modelward::console
