// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/disks.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "agent/sensor/device_number.h"
#include "agent/sensor/mounts.h"
#include "base/first_line.h"

namespace modelward::agent {

namespace {

constexpr std::size_t kMostDisks = 64;

std::optional<std::uint32_t> number_of(const std::filesystem::path& folder) {
    return parse_device(first_line(folder / "dev"));
}

// Empty: there is no such device.
std::filesystem::path folder_of(std::uint32_t device, const std::filesystem::path& sys) {
    std::error_code error;
    return std::filesystem::canonical(sys / "dev/block" / print_device(device), error);
}

bool is_partition(const std::filesystem::path& folder) {
    std::error_code error;
    return std::filesystem::exists(folder / "partition", error);
}

void add(std::vector<std::uint32_t>& all, const std::optional<std::uint32_t>& device) {
    if (device && all.size() < kMostDisks && std::ranges::find(all, *device) == all.end())
        all.push_back(*device);
}

// What lies directly below.
void add_below(std::vector<std::uint32_t>& all, std::uint32_t device, const std::filesystem::path& sys) {
    const auto folder = folder_of(device, sys);
    if (folder.empty()) return;
    if (is_partition(folder)) add(all, number_of(folder.parent_path()));
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder / "slaves", error), end; !error && entry != end;
         entry.increment(error))
        add(all, number_of(entry->path()));
}

// A file system with a number of its own lies on the node that it is mounted from.
std::optional<std::uint32_t> mounted_from(std::uint32_t device, const std::filesystem::path& mountinfo) {
    for (const auto& mount : read_mounts(mountinfo).value_or(std::vector<Mount>{})) {
        struct stat status;
        if (mount.device == device && mount.source.starts_with("/dev/") &&
            ::stat(mount.source.c_str(), &status) == 0 && S_ISBLK(status.st_mode))
            return device_number(status.st_rdev);
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::uint32_t> disks_below(std::uint32_t device, const std::filesystem::path& sys,
                                       const std::filesystem::path& mounts) {
    std::vector<std::uint32_t> all;
    if (device >> 20)
        add(all, device);
    else
        add(all, mounted_from(device, mounts));
    for (std::size_t i = 0; i < all.size(); ++i)
        add_below(all, all[i], sys);
    return all;
}

std::optional<std::uint64_t> disk_sequence(std::uint32_t device, const std::filesystem::path& sys) {
    const auto folder = folder_of(device, sys);
    if (folder.empty()) return std::nullopt;
    const std::string text = first_line((is_partition(folder) ? folder.parent_path() : folder) / "diskseq");
    std::uint64_t sequence = 0;
    const char* end = text.data() + text.size();
    const auto [rest, failed] = std::from_chars(text.data(), end, sequence);
    if (failed != std::errc() || rest != end) return std::nullopt;
    return sequence;
}

}  // namespace modelward::agent
