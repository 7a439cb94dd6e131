// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "base/first_line.h"
#include "base/utf8.h"

namespace modelward::agent {

inline constexpr std::size_t kLongestDeviceText = 256;

// What a device says of itself in a file of /sys: firmware fills such texts with blanks and writes what it
// likes.
inline std::string device_text(const std::filesystem::path& path) {
    std::string text = first_line(path);
    if (text.size() > kLongestDeviceText) text.resize(kLongestDeviceText);
    text.erase(text.find_last_not_of(' ') + 1);
    return as_utf8(std::move(text));
}

}  // namespace modelward::agent
