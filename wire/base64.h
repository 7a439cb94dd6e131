// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648 section 4, padded) and base64url (section 5, not padded).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace modelward::wire {

std::string to_base64(std::span<const std::uint8_t> bytes);
std::string to_base64url(std::span<const std::uint8_t> bytes);

// kInvalid for a foreign character, a wrong length or wrong padding.
Result<std::vector<std::uint8_t>> from_base64(std::string_view text);

}  // namespace modelward::wire
