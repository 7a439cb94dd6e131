// SPDX-License-Identifier: Apache-2.0
// Which disks hold a file: whoever reads one of them reads the file, under its file system.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace modelward::agent {

// `device`: s_dev of the file's file system. Its own block device first, then the disk that it is a partition
// of, and what device mapper and md lay it on, down to the disks. Nothing for a file system that lies on none
// (tmpfs, NFS). A file system with a number of its own (btrfs) is found by what `mounts` says it is mounted
// from; only that one of its disks.
std::vector<std::uint32_t> disks_below(std::uint32_t device, const std::filesystem::path& sys = "/sys",
                                       const std::filesystem::path& mounts = "/proc/self/mountinfo");

// Which medium is in it: numbers of devices are used again (loop devices, sticks), the kernel's disk sequence
// is not. Nothing when the device is gone.
std::optional<std::uint64_t> disk_sequence(std::uint32_t device, const std::filesystem::path& sys = "/sys");

}  // namespace modelward::agent
