// SPDX-License-Identifier: Apache-2.0
#include "console/server/login_backoff.h"

#include <arpa/inet.h>

#include <algorithm>

namespace modelward::console {
namespace {

constexpr int kFreeFailures = 3;
constexpr std::int64_t kFirstWaitMs = 1000;
constexpr std::int64_t kLongestWaitMs = 300'000;

constexpr std::int64_t kMinuteMs = 60'000;

std::string network_of(const std::string& address) {
    in6_addr ipv6{};
    if (::inet_pton(AF_INET6, address.c_str(), &ipv6) != 1 || IN6_IS_ADDR_V4MAPPED(&ipv6)) return address;
    return {reinterpret_cast<const char*>(ipv6.s6_addr), sizeof ipv6.s6_addr / 2};
}

// As long for any name.
wire::Sha256 key_of(const std::string& username, const std::string& address) {
    return wire::sha256(network_of(address) + "\n" + username);
}

}  // namespace

LoginBackoff::Minute& LoginBackoff::minute_at(std::int64_t now_ms) {
    // A new one begins with its first failure; also when the clock went back.
    if (minute_.all == 0 || now_ms < minute_.began_ms || now_ms >= minute_.began_ms + kMinuteMs)
        minute_ = {now_ms, 0, {}};
    return minute_;
}

std::int64_t LoginBackoff::wait_ms(const std::string& username, const std::string& address,
                                   std::int64_t now_ms) {
    const std::lock_guard guard(mutex_);
    std::int64_t until_ms = now_ms;
    const Minute& minute = minute_at(now_ms);
    const auto here = minute.by_network.find(network_of(address));
    if (minute.all >= kMinuteOfAll || (here != minute.by_network.end() && here->second >= kMinuteOfAddress))
        until_ms = minute.began_ms + kMinuteMs;
    const auto found = failures_.find(key_of(username, address));
    if (found != failures_.end() && found->second.count >= kFreeFailures) {
        const int doublings = std::min(found->second.count - kFreeFailures, 20);
        until_ms =
            std::max(until_ms, found->second.last_ms + std::min(kFirstWaitMs << doublings, kLongestWaitMs));
    }
    return until_ms - now_ms;
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
    Minute& minute = minute_at(now_ms);
    ++minute.all;
    ++minute.by_network[network_of(address)];
}

void LoginBackoff::succeeded(const std::string& username, const std::string& address) {
    const std::lock_guard guard(mutex_);
    failures_.erase(key_of(username, address));
}

}  // namespace modelward::console
