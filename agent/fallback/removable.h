// SPDX-License-Identifier: Apache-2.0
// Which block devices are removable media, and where they are mounted: what /sys and /proc say. Removable is
// what hangs on USB, as for the other sensors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
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

// Every removable disk and partition by its number, and the loop devices whose file, or mapped devices whose
// disk, lies on one; a loop device also when its file is not found any more. Nodes under /dev are not asked:
// whoever may remove them could hide a stick.
std::set<std::uint32_t> removable_devices(const std::filesystem::path& sys = "/sys");

// The node that udev names it by ("/dev/sdb1"), or "".
std::string node_of(std::uint32_t device, bool block, const std::filesystem::path& sys = "/sys");

// Files are kept on this machine: what a process writes there may be read again.
bool is_local(const Mount& mount);

}  // namespace modelward::agent
