// SPDX-License-Identifier: Apache-2.0
// One USB device as sysfs shows it, and the switch that lets the kernel use it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"

namespace modelward::agent {

struct UsbDevice {
    std::filesystem::path folder;  // /sys/bus/usb/devices/1-2
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    std::string manufacturer, name, serial;  // as the device says; empty when it does not
    bool storage = false;
    bool authorized = false;

    // "0781:5581 (SanDisk Ultra, serial 4C530001)"
    std::string describe() const;
};

// Nothing when the folder is no device (an interface, a root hub) or it is gone.
std::optional<UsbDevice> read_usb_device(const std::filesystem::path& folder);

// Without it a device is enumerated and nothing more: no driver, no disk, no name under /dev.
Result<void> set_authorized(const std::filesystem::path& folder, bool authorized);

}  // namespace modelward::agent
