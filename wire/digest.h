// SPDX-License-Identifier: Apache-2.0
// SHA-256, and comparison that takes the same time whatever differs.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace modelward::wire {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::span<const std::uint8_t> bytes);
Sha256 sha256(std::string_view text);

bool equal_in_constant_time(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

}  // namespace modelward::wire
