// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/removable.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "agent/fallback/process_view.h"
#include "agent/sensor/device_number.h"
#include "base/first_line.h"

namespace modelward::agent {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kKeptInMemory[] = {"tmpfs", "ramfs", "overlay"};
// Of several devices at once: their number belongs to no block device.
constexpr std::string_view kKeptByVolumes[] = {"btrfs", "zfs", "bcachefs"};

// Spaces and such stand as \040.
std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        if (text[i] == '\\' && i + 3 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 4, value, 8).ec == std::errc{}) {
            out += static_cast<char>(value);
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> words;
    while (!line.empty()) {
        const auto end = std::min(line.find(' '), line.size());
        words.push_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

}  // namespace

std::vector<Mount> parse_mounts(std::string_view text) {
    std::vector<Mount> mounts;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto words = split(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto dash = std::ranges::find(words, "-");
        if (words.size() < 5 || dash == words.end() || dash + 1 == words.end()) continue;
        mounts.push_back({parse_device(words[2]).value_or(0), std::string(*(dash + 1)), unescape(words[4])});
    }
    return mounts;
}

std::vector<Mount> mounts_here() {
    std::ifstream file("/proc/self/mountinfo");
    return parse_mounts(std::string(std::istreambuf_iterator(file), {}));
}

std::string node_of(std::uint32_t device, bool block, const fs::path& sys) {
    std::ifstream file(sys / "dev" / (block ? "block" : "char") / print_device(device) / "uevent");
    constexpr std::string_view kKey = "DEVNAME=";
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(kKey)) return "/dev/" + line.substr(kKey.size());
    return "";
}

bool is_local(const Mount& mount) {
    if (mount.device >> 20 != 0) return true;
    return std::ranges::find(kKeptInMemory, mount.type) != std::end(kKeptInMemory) ||
           std::ranges::find(kKeptByVolumes, mount.type) != std::end(kKeptByVolumes);
}

}  // namespace modelward::agent
