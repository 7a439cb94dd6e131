// SPDX-License-Identifier: Apache-2.0
// Which device a block device number is: the disk's node and, for USB, what the device says of itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace modelward::agent {

struct BlockDevice {
    std::string node;                     // "sda1"
    std::string vendor, product, serial;  // empty without a USB parent
};

// `device`: the kernel's s_dev (12 bits major, 20 bits minor). Nothing when the device is gone.
std::optional<BlockDevice> block_device(std::uint32_t device, const std::filesystem::path& sys = "/sys");

}  // namespace modelward::agent
