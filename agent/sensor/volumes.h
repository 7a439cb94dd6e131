// SPDX-License-Identifier: Apache-2.0
// File systems of several devices (btrfs, bcachefs, ZFS): their superblock names none, so that the kernel
// programs cannot see whether it is a stick. From what is mounted, and /sys.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <vector>

#include "agent/sensor/mounts.h"

namespace modelward::agent {

// By the superblock's device: the devices that it lies on. A source that leads to no device is left out (the
// programs take it for removable); a pool of ZFS, which names none, lies on nothing.
std::map<std::uint32_t, std::vector<std::uint32_t>> devices_of_volumes(
    std::span<const Mount> mounts, const std::filesystem::path& sys = "/sys");

}  // namespace modelward::agent
