// SPDX-License-Identifier: Apache-2.0
#include "rules/device_pattern.h"

#include <algorithm>
#include <charconv>

namespace modelward::rules {
namespace {

constexpr std::size_t kLongestSerial = 126;

std::optional<std::uint16_t> parse_id(std::string_view text) {
    std::uint16_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
    if (text.size() != 4 || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return id;
}

bool is_printable(char letter) {
    return letter >= ' ' && letter <= '~';
}

}  // namespace

std::optional<DevicePattern> parse_device_pattern(std::string_view text) {
    DevicePattern pattern;
    const auto vendor = parse_id(text.substr(0, text.find(':')));
    if (!vendor) return std::nullopt;
    pattern.vendor = *vendor;
    if (text.size() == 4) return pattern;
    text.remove_prefix(5);

    pattern.product = parse_id(text.substr(0, text.find(':')));
    if (!pattern.product) return std::nullopt;
    if (text.size() == 4) return pattern;
    text.remove_prefix(5);

    if (text.empty() || text.size() > kLongestSerial || !std::ranges::all_of(text, is_printable))
        return std::nullopt;
    pattern.serial = std::string(text);
    return pattern;
}

}  // namespace modelward::rules
