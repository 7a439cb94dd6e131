// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/removable_disks.h"

#include <sys/stat.h>

#include <string>

#include "agent/sensor/device_number.h"
#include "base/first_line.h"

namespace modelward::agent {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLayers = 8;

bool hangs_on_usb(fs::path folder) {
    for (std::error_code error; folder.has_relative_path(); folder = folder.parent_path())
        if (fs::exists(folder / "idVendor", error)) return true;
    return false;
}

// The folder of a disk or partition in /sys.
bool is_removable_folder(const fs::path& folder, const fs::path& sys, int layers) {
    if (layers == 0) return true;
    if (hangs_on_usb(folder)) return true;
    std::error_code error;
    if (fs::exists(folder / "partition", error))
        return is_removable_folder(folder.parent_path(), sys, layers - 1);
    for (const auto& below : fs::directory_iterator(folder / "slaves", error)) {
        const auto real = fs::canonical(below.path(), error);
        if (!error && is_removable_folder(real, sys, layers - 1)) return true;
    }
    const std::string file = first_line(folder / "loop/backing_file");
    struct stat status;
    if (file.empty()) return false;
    if (::stat(file.c_str(), &status) != 0) return true;  // removed, or in another mount namespace
    const auto device = device_number(S_ISBLK(status.st_mode) ? status.st_rdev : status.st_dev);
    const auto real = fs::canonical(sys / "dev/block" / print_device(device), error);
    return !error && is_removable_folder(real, sys, layers - 1);
}

}  // namespace

std::set<std::uint32_t> removable_devices(const fs::path& sys) {
    std::set<std::uint32_t> devices;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(sys / "class/block", error)) {
        const auto folder = fs::canonical(entry.path(), error);
        if (error || !is_removable_folder(folder, sys, kMostLayers)) continue;
        if (const auto device = parse_device(first_line(folder / "dev"))) devices.insert(*device);
    }
    return devices;
}

}  // namespace modelward::agent
