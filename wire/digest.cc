// SPDX-License-Identifier: Apache-2.0
#include "wire/digest.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace modelward::wire {

Sha256 sha256(std::span<const std::uint8_t> bytes) {
    Sha256 digest;
    SHA256(bytes.data(), bytes.size(), digest.data());
    return digest;
}

Sha256 sha256(std::string_view text) {
    return sha256(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

bool equal_in_constant_time(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace modelward::wire
