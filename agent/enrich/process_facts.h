// SPDX-License-Identifier: Apache-2.0
// What /proc still knows of a process that the kernel named by pid and start time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace modelward::agent {

struct ProcessFacts {
    std::string executable;
    std::vector<std::string> args;  // at most kMostArgs, each at most kLongestArg bytes
};

inline constexpr std::size_t kMostArgs = 64;
inline constexpr std::size_t kLongestArg = 1024;

// Nothing when the process is gone, or the number belongs to another process by now.
std::optional<ProcessFacts> process_facts(std::uint32_t pid, std::uint64_t start_boot_ns,
                                          const std::filesystem::path& proc = "/proc");

}  // namespace modelward::agent
