// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace modelward::agent {

// The node that udev names a device by ("/dev/sdb1"), or "".
std::string node_of(std::uint32_t device, bool block, const std::filesystem::path& sys = "/sys");

}  // namespace modelward::agent
