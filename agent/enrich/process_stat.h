// SPDX-License-Identifier: Apache-2.0
// What /proc/PID/stat says of a process that the kernel named by pid and start time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace modelward::agent {

struct ProcessStat {
    std::uint64_t start_ticks = 0;  // after boot
    std::uint32_t session = 0;
    std::uint32_t terminal = 0;  // the controlling terminal as user space numbers devices; 0: none
};

// Nothing when the process is gone, or the number belongs to another process by now.
std::optional<ProcessStat> process_stat(std::uint32_t pid, std::uint64_t start_boot_ns,
                                        const std::filesystem::path& proc = "/proc");

}  // namespace modelward::agent
