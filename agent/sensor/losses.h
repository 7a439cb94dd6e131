// SPDX-License-Identifier: Apache-2.0
// The kernel programs' counters of everything that was lost or left out, and the fill of their tables.
#pragma once

#include <span>

#include "agent/sensor/kernel_maps.h"
#include "agent/sensor/sensor.h"

namespace modelward::agent {

std::uint64_t read_loss(const KernelMaps& maps, std::uint32_t kind);
std::vector<Counter> read_losses(const KernelMaps& maps);

// How often the kernel skipped one of these programs because it was at work on that CPU already.
std::uint64_t count_missed_runs(std::span<const UniqueFd> programs);

// Walks the table in batches; for hash maps of any size.
std::uint64_t count_entries(const UniqueFd& map);

}  // namespace modelward::agent
