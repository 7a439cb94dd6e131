// SPDX-License-Identifier: Apache-2.0
// The tainted processes that the kernel keeps, by process id. One that is held can be killed, and another
// have its id: start times are compared where it matters. Thread-safe.
#pragma once

#include <sys/types.h>

#include <map>
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

    // The process now carries `marks` and `flags` too, and is unsettled; the taint that results.
    Result<kernel::process_taint> add(const ProcessView& process, const kernel::marks& marks,
                                      std::uint32_t flags = 0);

    // What it has open is no way out: it may have files of its marks.
    Result<void> settle(pid_t pid);

    // Lets go of processes whose end was not seen (killed while they were being tainted): of those that are
    // gone, or another's, at two calls in a row. One thread.
    void sweep();

  private:
    const KernelMaps* maps_;
    std::map<std::uint32_t, std::uint64_t> gone_;  // at the sweep before: their numbers and starts
    std::mutex mutex_;                             // reading and writing back is one step
};

}  // namespace modelward::agent
