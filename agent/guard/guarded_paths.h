// SPDX-License-Identifier: Apache-2.0
// What of a host the guard keeps: the agent's programs, configuration, state, pins, unit and control group,
// and the folders above all of them.
#pragma once

#include <vector>

#include "agent/config/config.h"
#include "agent/sensor/guard.h"

namespace modelward::agent {

// `executable`: the running agent's own; `cgroup`: its control group's folder, or empty.
std::vector<GuardedPath> guarded_paths(const Config& config, const std::filesystem::path& executable,
                                       const std::filesystem::path& cgroup);

// Of this process. Empty: in the root of the hierarchy, which everything else is in too.
std::filesystem::path own_cgroup();

}  // namespace modelward::agent
