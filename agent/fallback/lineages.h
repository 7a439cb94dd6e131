// SPDX-License-Identifier: Apache-2.0
// Who started the processes that opened labelled files, as it was when they did: what they send is often
// refused when they have ended, and then /proc says nothing of them any more. Children that the kernel
// tainted at a fork are not among them. Bounded; thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include "agent/fallback/process_view.h"

namespace modelward::agent {

inline constexpr std::size_t kMostLineages = 4096;

class Lineages {
  public:
    // `process` is held or alive. The oldest gives way.
    void remember(const ProcessView& process);

    // Parent first; empty: not remembered.
    std::vector<ProcessView> of(pid_t pid, std::uint64_t start_boot_ns) const;

  private:
    struct Lineage {
        std::uint64_t start_boot_ns;
        std::vector<ProcessView> ancestors;
    };
    mutable std::mutex mutex_;
    std::map<pid_t, Lineage> lineages_;
    std::deque<pid_t> oldest_first_;
};

}  // namespace modelward::agent
