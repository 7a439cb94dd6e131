// SPDX-License-Identifier: Apache-2.0
// Appends little-endian fields to bytes.
#pragma once

#include <concepts>
#include <string_view>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint::testing {

template <std::unsigned_integral T>
void append_number(Bytes& bytes, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
        bytes.push_back(static_cast<std::uint8_t>(std::uint64_t{value} >> (8 * i)));
}

inline void append(Bytes& bytes, std::string_view text) {
    bytes.insert(bytes.end(), text.begin(), text.end());
}

inline void append(Bytes& bytes, const Bytes& more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
}

}  // namespace modelward::fingerprint::testing
