// SPDX-License-Identifier: Apache-2.0
// Decides an open or a read that fanotify holds. A process that gets a labelled file is tainted before the
// answer; one that could carry it to removable media through something it has open already does not get it.
// Thread-safe; opens nothing but files of /proc, for what it opened elsewhere it would have to answer itself.
#pragma once

#include <string>

#include "agent/fallback/exempt_processes.h"
#include "agent/fallback/gate_counters.h"
#include "agent/fallback/lineages.h"
#include "agent/fallback/process_files.h"
#include "agent/fallback/questions.h"
#include "agent/fallback/removable_media.h"
#include "agent/fallback/taint_table.h"

namespace modelward::agent {

// What the parts of the sensor share; outlives them all.
struct GateState {
    const KernelMaps& maps;
    std::string scope;  // the cgroup that is judged, with all below it; "/": every process
    Questions questions;
    TaintTable taints;
    Lineages lineages;
    ExemptProcesses exempt;
    RemovableMedia removable;
    GateCounters counters;

    GateState(const KernelMaps& kernel_maps, const UniqueFd& ask, std::string cgroup)
        : maps(kernel_maps), scope(std::move(cgroup)), questions(maps.asked, ask), taints(maps) {}
};

// `path` is `scope` or below it.
bool is_in_scope(const std::string& path, const std::string& scope);

class OpenJudge {
  public:
    explicit OpenJudge(GateState& state) : state_(&state) {}

    // `file` is the event's descriptor, `thread` who is held; `opening`: not a read after it.
    bool allows(int file, pid_t thread, bool opening);

  private:
    struct Subject;
    enum class Having { kNo, kYes, kExempt };

    bool is_free(const ProcessView& process) const;
    Having may_have(const Subject& subject, const kernel::label& label);
    bool may_write(const Subject& subject, const OpenForWriting& sink, const kernel::marks& marks);
    Verdict ask(const Subject& subject, const kernel::event& event);

    GateState* state_;
};

}  // namespace modelward::agent
