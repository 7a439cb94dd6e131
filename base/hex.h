// SPDX-License-Identifier: Apache-2.0
// Lower-case hexadecimal, as hashes and identifiers are shown and stored.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace modelward {

std::string to_hex(std::span<const std::uint8_t> bytes);

// kInvalid for an odd length or a character outside 0-9a-fA-F.
Result<std::vector<std::uint8_t>> from_hex(std::string_view text);

}  // namespace modelward
