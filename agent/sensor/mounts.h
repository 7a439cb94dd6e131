// SPDX-License-Identifier: Apache-2.0
// What is mounted where, as /proc/PID/mountinfo says it (proc(5)).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelward::agent {

struct Mount {
    std::uint32_t device;  // the file system's (s_dev), as the kernel numbers it
    std::string type;
    std::filesystem::path path;
    std::string source{};   // a node of /dev, a server, a pool
    std::string options{};  // of the file system, not of this mount
};

// Lines that are none are left out.
std::vector<Mount> parse_mounts(std::string_view text);

// Nothing: the file cannot be read.
std::optional<std::vector<Mount>> read_mounts(
    const std::filesystem::path& mountinfo = "/proc/self/mountinfo");

// A file system of several devices, whose number belongs to none of them.
bool is_volume(const Mount& mount);

// Files are kept on this machine: what a process writes there may be read again.
bool is_local(const Mount& mount);

}  // namespace modelward::agent
