// SPDX-License-Identifier: Apache-2.0
#include "rules/program_name.h"

#include <algorithm>

namespace modelward::rules {
namespace {

constexpr std::string_view kPin = "@sha256:";
constexpr std::size_t kHexDigits = 64;
constexpr std::size_t kMaxPackageName = 128;

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// The file that is found there is what counts, so it is named in one way only.
bool is_whole_path(std::string_view path) {
    if (path.size() < 2 || !path.starts_with('/') || path.ends_with('/')) return false;
    for (const std::string_view part : {"//", "/./", "/../"})
        if (path.contains(part)) return false;
    return !path.ends_with("/..") && !path.ends_with("/.");
}

}  // namespace

bool is_package_name(std::string_view name) {
    constexpr std::string_view kOthers = "+._-";
    return !name.empty() && name.size() <= kMaxPackageName && is_letter_or_digit(name.front()) &&
           std::ranges::all_of(name, [&](char c) { return is_letter_or_digit(c) || kOthers.contains(c); });
}

std::optional<ProgramName> parse_program_name(std::string_view text) {
    if (text.starts_with(kPackagePrefix)) {
        const auto package = text.substr(kPackagePrefix.size());
        if (!is_package_name(package)) return std::nullopt;
        return ProgramName{.package = std::string(package)};
    }
    const auto pin = text.rfind(kPin);
    const auto path = text.substr(0, pin);
    if (!is_whole_path(path)) return std::nullopt;
    if (pin == std::string_view::npos) return ProgramName{.path = std::string(path)};
    const auto hex = text.substr(pin + kPin.size());
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (hex.size() != kHexDigits || !std::ranges::all_of(hex, is_hex)) return std::nullopt;
    return ProgramName{.path = std::string(path), .sha256 = std::string(hex)};
}

}  // namespace modelward::rules
