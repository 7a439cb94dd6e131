// SPDX-License-Identifier: Apache-2.0
// Mounts and device nodes, as /proc and /sys name them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace modelward::agent {

struct Mount {
    std::uint32_t device;  // the kernel's number of the file system
    std::string type;
    std::filesystem::path path;
};

// The text of /proc/PID/mountinfo (proc(5)).
std::vector<Mount> parse_mounts(std::string_view text);
std::vector<Mount> mounts_here();

// The node that udev names it by ("/dev/sdb1"), or "".
std::string node_of(std::uint32_t device, bool block, const std::filesystem::path& sys = "/sys");

// Files are kept on this machine: what a process writes there may be read again.
bool is_local(const Mount& mount);

}  // namespace modelward::agent
