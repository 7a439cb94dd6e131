// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/device_number.h"

#include <fmt/format.h>
#include <sys/sysmacros.h>

#include <charconv>

namespace modelward::agent {

namespace {
constexpr unsigned kMinorBits = 20;
}

std::optional<std::uint32_t> parse_device(std::string_view text) {
    std::uint32_t major = 0, minor = 0;
    const char* end = text.data() + text.size();
    const auto [colon, failed] = std::from_chars(text.data(), end, major);
    if (failed != std::errc() || colon == end || *colon != ':') return std::nullopt;
    const auto [rest, bad] = std::from_chars(colon + 1, end, minor);
    if (bad != std::errc() || rest != end || major >> (32 - kMinorBits) || minor >> kMinorBits)
        return std::nullopt;
    return major << kMinorBits | minor;
}

std::string print_device(std::uint32_t device) {
    return fmt::format("{}:{}", device >> kMinorBits, device & ((1U << kMinorBits) - 1));
}

std::uint32_t device_number(dev_t device) {
    return major(device) << kMinorBits | (minor(device) & ((1U << kMinorBits) - 1));
}

}  // namespace modelward::agent
