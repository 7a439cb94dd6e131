// SPDX-License-Identifier: Apache-2.0
// Whose DNS answers give addresses their names (bpf/names.bpf.h): the resolvers that this host is configured
// to ask, and only where the agent's own network namespace receives them. Read again every ten seconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <set>

#include "agent/sensor/kernel_maps.h"
#include "bpf/shared.h"
#include "rules/prefix.h"

namespace modelward::agent {

// The nameservers of a file as resolv.conf(5) has it, at most kMaxNameservers; without any the resolver asks
// this host.
inline constexpr std::size_t kMaxNameservers = kernel::kMaxResolvers / 2;  // two files are read
std::set<rules::Address> nameservers_of(std::istream& resolv_conf);

class Resolvers {
  public:
    using Clock = std::chrono::steady_clock;

    void tend(const KernelMaps& maps, Clock::time_point now);
    std::uint64_t failed() const { return failed_; }

  private:
    void put(const KernelMaps& maps, const std::set<rules::Address>& found);

    Clock::time_point next_{};
    std::optional<std::set<rules::Address>> known_;  // nothing before the first look
    bool network_known_ = false;
    std::uint64_t failed_ = 0;
};

}  // namespace modelward::agent
