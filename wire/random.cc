// SPDX-License-Identifier: Apache-2.0
#include "wire/random.h"

#include <openssl/rand.h>

#include <cstdlib>

#include "base/hex.h"

namespace modelward::wire {

std::vector<std::uint8_t> random_bytes(std::size_t count) {
    std::vector<std::uint8_t> bytes(count);
    if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1) std::abort();
    return bytes;
}

std::string random_uuid() {
    std::vector<std::uint8_t> bytes = random_bytes(16);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);  // version 4
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);  // variant of RFC 4122
    const std::string hex = to_hex(bytes);
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) +
           "-" + hex.substr(20);
}

}  // namespace modelward::wire
