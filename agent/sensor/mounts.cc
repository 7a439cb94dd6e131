// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/mounts.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "agent/sensor/device_number.h"

namespace modelward::agent {

namespace {

constexpr std::string_view kKeptInMemory[] = {"tmpfs", "ramfs", "overlay"};
constexpr std::string_view kVolumes[] = {"btrfs", "zfs", "bcachefs"};

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

// ID PARENT MAJOR:MINOR ROOT POINT OPTIONS TAGS... - TYPE SOURCE SUPER-OPTIONS
std::optional<Mount> parse_mount(std::string_view line) {
    const auto words = split(line);
    const auto dash = static_cast<std::size_t>(std::ranges::find(words, "-") - words.begin());
    if (words.size() < 5 || dash + 1 >= words.size()) return std::nullopt;
    const auto device = parse_device(words[2]);
    if (!device) return std::nullopt;
    const auto after = [&](std::size_t place) {
        return dash + place < words.size() ? words[dash + place] : "";
    };
    return Mount{*device, std::string(after(1)), unescape(words[4]), unescape(after(2)),
                 std::string(after(3))};
}

}  // namespace

std::vector<Mount> parse_mounts(std::string_view text) {
    std::vector<Mount> mounts;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (auto mount = parse_mount(text.substr(0, end))) mounts.push_back(std::move(*mount));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return mounts;
}

std::optional<std::vector<Mount>> read_mounts(const std::filesystem::path& mountinfo) {
    std::ifstream file(mountinfo);
    if (!file) return std::nullopt;
    return parse_mounts(std::string(std::istreambuf_iterator(file), {}));
}

bool is_volume(const Mount& mount) {
    return std::ranges::find(kVolumes, mount.type) != std::end(kVolumes);
}

bool is_local(const Mount& mount) {
    return mount.device >> 20 != 0 || is_volume(mount) ||
           std::ranges::find(kKeptInMemory, mount.type) != std::end(kKeptInMemory);
}

}  // namespace modelward::agent
