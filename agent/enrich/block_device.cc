// SPDX-License-Identifier: Apache-2.0
#include "agent/enrich/block_device.h"

#include <fstream>

#include "base/utf8.h"

namespace modelward::agent {
namespace {

constexpr std::size_t kLongestWord = 256;

std::string first_line(const std::filesystem::path& path) {
    std::string line;
    std::ifstream file(path);
    std::getline(file, line);
    if (line.size() > kLongestWord) line.resize(kLongestWord);
    while (!line.empty() && line.back() == ' ')
        line.pop_back();
    return as_utf8(std::move(line));
}

}  // namespace

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
        found.vendor = first_line(folder / "manufacturer");
        found.product = first_line(folder / "product");
        found.serial = first_line(folder / "serial");
        break;
    }
    return found;
}

}  // namespace modelward::agent
