// SPDX-License-Identifier: Apache-2.0
// The one line that most files of /sys hold.
#pragma once

#include <filesystem>
#include <string>

namespace modelward {

inline constexpr std::size_t kLongestFirstLine = 4096;

// Without its end; empty when there is no such file. Cut to kLongestFirstLine bytes.
std::string first_line(const std::filesystem::path& path);

}  // namespace modelward
