// SPDX-License-Identifier: Apache-2.0
// Device numbers as the kernel keeps them (12 bits major, 20 bits minor), from the text that /proc and /sys
// print.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelward::agent {

// "0:45"; nothing for any other text.
std::optional<std::uint32_t> parse_device(std::string_view text);
std::string print_device(std::uint32_t device);

}  // namespace modelward::agent
