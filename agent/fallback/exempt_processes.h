// SPDX-License-Identifier: Apache-2.0
// Processes that are neither tainted nor judged, until they end. Thread-safe.
#pragma once

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <map>
#include <mutex>

#include "base/error.h"
#include "base/unique_fd.h"

namespace modelward::agent {

class ExemptProcesses {
  public:
    Result<void> add(pid_t pid) {
        UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
        if (!pidfd) return fail_errno(fmt::format("pidfd_open of process {}", pid));
        const std::lock_guard lock(mutex_);
        std::erase_if(processes_, [](const auto& one) { return has_ended(one.second); });
        processes_[pid] = std::move(pidfd);
        return {};
    }

    bool contains(pid_t pid) const {
        const std::lock_guard lock(mutex_);
        const auto found = processes_.find(pid);
        return found != processes_.end() && !has_ended(found->second);
    }

  private:
    static bool has_ended(const UniqueFd& pidfd) {
        pollfd ended{pidfd.get(), POLLIN, 0};
        return ::poll(&ended, 1, 0) != 0;
    }

    mutable std::mutex mutex_;
    std::map<pid_t, UniqueFd> processes_;
};

}  // namespace modelward::agent
