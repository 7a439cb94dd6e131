// SPDX-License-Identifier: Apache-2.0
// Ed25519 signatures (RFC 8032) over a domain and a payload: one made in a domain never fits in another.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "wire/private_key.h"

namespace modelward::wire {

inline constexpr std::size_t kSignatureBytes = 64;

using BundlePublicKey = std::array<std::uint8_t, 32>;

Result<std::string> sign(std::string_view domain, std::string_view payload, const PrivateKey& key);

bool is_signed(std::string_view domain, std::string_view payload, std::string_view signature,
               const BundlePublicKey& key);

}  // namespace modelward::wire
