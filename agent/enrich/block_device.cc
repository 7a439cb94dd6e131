// SPDX-License-Identifier: Apache-2.0
#include "agent/enrich/block_device.h"

#include "agent/devices/device_text.h"

namespace modelward::agent {

std::optional<BlockDevice> block_device(std::uint32_t device, const std::filesystem::path& sys) {
    std::error_code error;
    const std::string number = std::to_string(device >> 20) + ":" + std::to_string(device & 0xfffff);
    const auto target = std::filesystem::canonical(sys / "dev/block" / number, error);
    if (error) return std::nullopt;
    BlockDevice found;
    found.node = target.filename().string();
    // .../usb1/1-2/1-2:1.0/host0/target0:0:0/0:0:0:0/block/sda/sda1: the device above the interface has
    // idVendor.
    for (auto folder = target.parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
        if (!std::filesystem::exists(folder / "idVendor", error)) continue;
        found.vendor = device_text(folder / "manufacturer");
        found.product = device_text(folder / "product");
        found.serial = device_text(folder / "serial");
        break;
    }
    return found;
}

}  // namespace modelward::agent
