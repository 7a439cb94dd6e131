// SPDX-License-Identifier: Apache-2.0
// Meters over a reboot: a file of what each had let through and when. Their clock goes on where it stood: it
// is the wall clock, except that it never goes back. A file that is damaged or of another layout is refused
// as a whole (kInvalid); kNotFound is a first start.
#pragma once

#include <filesystem>
#include <utility>
#include <vector>

#include "agent/sensor/kernel_maps.h"
#include "bpf/shared.h"

namespace modelward::agent {

struct SavedMeters {
    std::uint64_t clock_ns = 0;  // of the meters, when they were saved
    std::vector<std::pair<kernel::meter_key, kernel::meter>> meters;
};

Result<SavedMeters> read_meters(const std::filesystem::path& file);
Result<void> write_meters(const std::filesystem::path& file,
                          const SavedMeters& saved);  // durable, whole or not

std::vector<std::pair<kernel::meter_key, kernel::meter>> meters_in(const UniqueFd& map);
Result<void> put_meters(const UniqueFd& map, const SavedMeters& saved);

// What to add to boot time now, so that the meters' clock shows the wall clock and not less than `at_least`.
std::uint64_t clock_offset(std::uint64_t at_least_ns);

// What their clock shows now.
Result<std::uint64_t> meter_clock(const KernelMaps& maps);

}  // namespace modelward::agent
