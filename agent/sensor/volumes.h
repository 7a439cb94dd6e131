// SPDX-License-Identifier: Apache-2.0
// File systems of several devices (btrfs, bcachefs, ZFS): their superblock names no device, so that the
// kernel programs cannot see whether it is a stick. From /proc/PID/mountinfo and /sys.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <set>

namespace modelward::agent {

// By the superblock's device as the kernel numbers it: whether one of its devices is in `removable`. A source
// that leads to no device is left out (the programs take it for removable); a pool of ZFS, which names none,
// is taken for fixed.
std::map<std::uint32_t, bool> volumes_of(std::istream& mountinfo, const std::set<std::uint32_t>& removable,
                                         const std::filesystem::path& sys = "/sys");

}  // namespace modelward::agent
