// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/device_node.h"

#include <fstream>
#include <string_view>

#include "agent/sensor/device_number.h"

namespace modelward::agent {

std::string node_of(std::uint32_t device, bool block, const std::filesystem::path& sys) {
    std::ifstream file(sys / "dev" / (block ? "block" : "char") / print_device(device) / "uevent");
    constexpr std::string_view kKey = "DEVNAME=";
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(kKey)) return "/dev/" + line.substr(kKey.size());
    return "";
}

}  // namespace modelward::agent
