// SPDX-License-Identifier: Apache-2.0
// What user space asks of the kernel's policy: the same rules, meters and reports as for what programs see.
// Thread-safe.
#pragma once

#include <mutex>

#include "agent/sensor/kernel_maps.h"
#include "bpf/fallback/shared.h"

namespace modelward::agent {

// kExempt: the program is, and neither becomes tainted nor is judged.
enum class Verdict { kLet, kRefuse, kKill, kExempt };

class Questions {
  public:
    // `ask` is the program of that name; both outlive this.
    Questions(const UniqueFd& asked, const UniqueFd& ask) : asked_(&asked), ask_(&ask) {}

    // For the event's process, which runs `program`. A rule that fires is reported unless that repeats a
    // report.
    Result<Verdict> judge(const kernel::event& event, const kernel::inode_key& program);

    // Leaves those of the event's marks that cross a flow of its bytes_requested, and says by which policy.
    // None: no classes.
    Result<void> cross(kernel::event& event);

    Result<void> report(const kernel::event& event);

  private:
    Result<int> run(kernel::question_of_agent& question);

    const UniqueFd* asked_;
    const UniqueFd* ask_;
    std::mutex mutex_;  // one question at a time
};

}  // namespace modelward::agent
