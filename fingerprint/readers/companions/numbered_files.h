// SPDX-License-Identifier: Apache-2.0
// The names that parts of a model have: "00002-of-00005".
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

namespace modelward::fingerprint {

inline constexpr std::size_t kFileNumberDigits = 5;

inline std::string numbered(std::uint64_t file, std::uint64_t of) {
    const auto padded = [](std::uint64_t number) {
        const std::string digits = std::to_string(number);
        return std::string(kFileNumberDigits - std::min(kFileNumberDigits, digits.size()), '0') + digits;
    };
    return padded(file) + "-of-" + padded(of);
}

}  // namespace modelward::fingerprint
