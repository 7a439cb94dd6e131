// SPDX-License-Identifier: Apache-2.0
// Device numbers as the kernel keeps them (12 bits major, 20 bits minor).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelward::agent {

// As /proc and /sys print it, "0:45"; nothing for any other text.
std::optional<std::uint32_t> parse_device(std::string_view text);
std::string print_device(std::uint32_t device);

// Of stat(2), which numbers them in a way of its own.
std::uint32_t device_number(dev_t device);

}  // namespace modelward::agent
