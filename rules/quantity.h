// SPDX-License-Identifier: Apache-2.0
// Byte counts and spans of time as authors write them: "256KiB", "1GiB", "24h", "7d"; a bare number is bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelward::rules {

// Units B, KiB, MiB, GiB, TiB; nullopt for anything else, decimal units and overflow included.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

// Units s, m, h, d; no bare numbers.
std::optional<std::uint32_t> parse_seconds(std::string_view text);

// The largest unit that divides evenly: 262144 is "256KiB", 86400 is "24h" (days only from two on).
std::string format_bytes(std::uint64_t bytes);
std::string format_seconds(std::uint32_t seconds);

// "2026-01-31", a date that exists.
bool is_date(std::string_view text);

}  // namespace modelward::rules
