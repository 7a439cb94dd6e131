// SPDX-License-Identifier: Apache-2.0
// What the JSON files have in common that say where a model's tensors are.
#pragma once

#include <cstdint>
#include <string_view>

#include "fingerprint/byte_source.h"
#include "fingerprint/readers/json_members.h"

namespace modelward::fingerprint {

// Those of published models stay below 10 MB.
inline constexpr std::uint64_t kMostIndexBytes = std::uint64_t{64} << 20;

// By name and size: that a file begins like JSON says too little.
inline bool may_be_index(const ByteSource& header, std::string_view file_name) {
    return file_name.ends_with(".json") && header.size() <= kMostIndexBytes;
}

}  // namespace modelward::fingerprint
