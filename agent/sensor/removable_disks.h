// SPDX-License-Identifier: Apache-2.0
// Which block devices are removable media, by /sys: what hangs on USB (bpf/removable.bpf.h asks the same of
// the kernel).
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>

namespace modelward::agent {

// Every removable disk and partition by its number, and the loop devices whose file, or mapped devices whose
// disk, lies on one; a loop device also when its file is not found any more. Nodes under /dev are not asked:
// whoever may remove them could hide a stick.
std::set<std::uint32_t> removable_devices(const std::filesystem::path& sys = "/sys");

}  // namespace modelward::agent
