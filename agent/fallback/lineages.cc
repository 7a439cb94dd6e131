// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/lineages.h"

#include <utility>

namespace modelward::agent {

void Lineages::remember(const ProcessView& process) {
    auto ancestors = ancestors_of(process);
    const std::lock_guard lock(mutex_);
    if (lineages_.contains(process.pid)) {
        std::erase(oldest_first_, process.pid);
    } else if (lineages_.size() >= kMostLineages) {
        lineages_.erase(oldest_first_.front());
        oldest_first_.pop_front();
    }
    oldest_first_.push_back(process.pid);
    lineages_[process.pid] = {process.start_boot_ns, std::move(ancestors)};
}

std::vector<ProcessView> Lineages::of(pid_t pid, std::uint64_t start_boot_ns) const {
    const std::lock_guard lock(mutex_);
    const auto found = lineages_.find(pid);
    if (found == lineages_.end() || !is_same_start(found->second.start_boot_ns, start_boot_ns)) return {};
    return found->second.ancestors;
}

}  // namespace modelward::agent
