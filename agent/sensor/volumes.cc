// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/volumes.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include "agent/sensor/device_number.h"
#include "base/first_line.h"

namespace modelward::agent {
namespace {

namespace fs = std::filesystem;

// A node of /dev, or without one what /sys has under its name.
std::optional<std::uint32_t> device_of(const std::string& node, const fs::path& sys) {
    struct stat status{};
    if (::stat(node.c_str(), &status) == 0 && S_ISBLK(status.st_mode)) return device_number(status.st_rdev);
    return parse_device(first_line(sys / "class/block" / fs::path(node).filename() / "dev"));
}

// The other devices of the btrfs that `device` is one of, itself among them.
std::vector<std::uint32_t> devices_of_btrfs(std::uint32_t device, const fs::path& sys) {
    std::error_code error;
    for (fs::directory_iterator volume(sys / "fs/btrfs", error), end; !error && volume != end;
         volume.increment(error)) {
        std::vector<std::uint32_t> all;
        std::error_code none;
        for (fs::directory_iterator one(volume->path() / "devices", none), last; !none && one != last;
             one.increment(none))
            if (const auto number = parse_device(first_line(one->path() / "dev"))) all.push_back(*number);
        if (std::ranges::find(all, device) != all.end()) return all;
    }
    return {device};
}

// "/dev/sda1", or with bcachefs "/dev/sda1:/dev/sdb1". Empty: it leads to none.
std::vector<std::uint32_t> devices_of(const std::string& type, const std::string& source,
                                      const fs::path& sys) {
    std::vector<std::uint32_t> all;
    for (const auto part : std::views::split(source, ':')) {
        const auto device = device_of(std::string(part.begin(), part.end()), sys);
        if (!device) return {};
        all.push_back(*device);
    }
    return type == "btrfs" && all.size() == 1 ? devices_of_btrfs(all.front(), sys) : all;
}

}  // namespace

std::map<std::uint32_t, std::vector<std::uint32_t>> devices_of_volumes(std::span<const Mount> mounts,
                                                                       const fs::path& sys) {
    std::map<std::uint32_t, std::vector<std::uint32_t>> found;
    for (const auto& mount : mounts) {
        if (!is_volume(mount) || found.contains(mount.device)) continue;
        if (mount.type == "zfs")
            found[mount.device] = {};
        else if (auto devices = devices_of(mount.type, mount.source, sys); !devices.empty())
            found[mount.device] = std::move(devices);
    }
    return found;
}

}  // namespace modelward::agent
