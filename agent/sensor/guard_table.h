// SPDX-License-Identifier: Apache-2.0
// The guard's maps: bpf/guard.bpf.h.
#pragma once

#include "agent/sensor/guard.h"
#include "agent/sensor/kernel_maps.h"

namespace modelward::agent {

Result<GuardStatus> guard_status(const KernelMaps& maps);

// Turns the guard on, or tells one that is on of a new state of things; the calling process is the agent from
// now on. `programs`, `links`: the kernel's numbers of what is to be kept.
Result<void> put_guard(const KernelMaps& maps, const GuardSettings& settings,
                       const std::vector<std::uint32_t>& programs, const std::vector<std::uint32_t>& links);
Result<void> end_guard(const KernelMaps& maps);

// Lets everything through for that long, from now. 0 ends it.
Result<void> open_guard(const KernelMaps& maps, std::chrono::nanoseconds duration);

// Whether `path` leads to what is guarded in all of these roles.
Result<bool> guards(const KernelMaps& maps, const std::filesystem::path& path, std::uint32_t roles);

}  // namespace modelward::agent
