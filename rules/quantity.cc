// SPDX-License-Identifier: Apache-2.0
#include "rules/quantity.h"

#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <span>

namespace modelward::rules {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t size;
};

// Falling, so that format() meets the largest first.
constexpr std::array<Unit, 5> kByteUnits{
    {{"TiB", 1ULL << 40}, {"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"B", 1}}};
constexpr std::array<Unit, 4> kTimeUnits{{{"d", 86'400}, {"h", 3'600}, {"m", 60}, {"s", 1}}};

std::optional<std::uint64_t> parse(std::string_view text, std::span<const Unit> units, bool bare) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return std::nullopt;
    const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
    if (name.empty()) return bare ? std::optional(number) : std::nullopt;
    for (const Unit& unit : units) {
        if (name != unit.name) continue;
        if (number > std::numeric_limits<std::uint64_t>::max() / unit.size) return std::nullopt;
        return number * unit.size;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    return parse(text, kByteUnits, true);
}

std::optional<std::uint32_t> parse_seconds(std::string_view text) {
    const std::optional<std::uint64_t> seconds = parse(text, kTimeUnits, false);
    if (!seconds || *seconds > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return static_cast<std::uint32_t>(*seconds);
}

std::string format_bytes(std::uint64_t bytes) {
    if (bytes == 0) return "0B";
    for (const Unit& unit : kByteUnits) {
        if (bytes % unit.size == 0) return std::to_string(bytes / unit.size).append(unit.name);
    }
    return std::to_string(bytes);
}

std::string format_seconds(std::uint32_t seconds) {
    if (seconds == 0) return "0s";
    for (const Unit& unit : kTimeUnits) {
        if (seconds == unit.size && unit.name == "d") continue;  // "24h" reads better than "1d"
        if (seconds % unit.size == 0) return std::to_string(seconds / unit.size).append(unit.name);
    }
    return std::to_string(seconds);
}

bool is_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    const auto number = [&](std::size_t begin, std::size_t size, auto& value) {
        const char* end = text.data() + begin + size;
        const auto [stop, error] = std::from_chars(text.data() + begin, end, value);
        return error == std::errc() && stop == end && text[begin] != '-';
    };
    if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, day)) return false;
    return std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month),
                                       std::chrono::day(day))
        .ok();
}

}  // namespace modelward::rules
