// SPDX-License-Identifier: Apache-2.0
// Loads the programs of the fallback sensor and attaches them: to the life of processes everywhere, and to
// the sockets of one cgroup and all below it.
#pragma once

#include <filesystem>

#include "agent/sensor/attach.h"

namespace modelward::agent {

// The programs of this build.
std::uint64_t fallback_build();

// Errors as of attach_programs(). Attached as long as it lives, or longer where its links are pinned; links
// to a cgroup end with the cgroup.
Result<AttachedPrograms> attach_fallback(int cgroup, const KernelMaps* reuse);

}  // namespace modelward::agent
