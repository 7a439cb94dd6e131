// SPDX-License-Identifier: Apache-2.0
// The tainted processes that the kernel keeps, by process id. A process that is held cannot end meanwhile, so
// its id names it; for others the start time is compared. Thread-safe.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <optional>

#include "agent/fallback/process_view.h"
#include "agent/sensor/kernel_maps.h"

namespace modelward::agent {

// As bpf/marks.bpf.h: a full list of artifacts cannot grow.
bool marks_cover(const kernel::marks& have, const kernel::marks& more);
void marks_add(kernel::marks& into, const kernel::marks& from);

class TaintTable {
  public:
    explicit TaintTable(const KernelMaps& maps) : maps_(&maps) {}

    std::optional<kernel::process_taint> find(pid_t pid) const;
    // The same for one that may have ended a moment ago.
    std::optional<kernel::process_taint> find_late(pid_t pid) const;

    // The process now carries `marks` and `flags` too; the taint that results.
    Result<kernel::process_taint> add(const ProcessView& process, const kernel::marks& marks,
                                      std::uint32_t flags = 0);

  private:
    const KernelMaps* maps_;
    std::mutex mutex_;  // reading and writing back is one step
};

}  // namespace modelward::agent
