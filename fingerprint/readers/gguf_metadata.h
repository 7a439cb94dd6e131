// SPDX-License-Identifier: Apache-2.0
// The key-value part of a GGUF header: walked with limits, only what the reader needs is kept.
#pragma once

#include <cstdint>

#include "fingerprint/readers/header_cursor.h"

namespace modelward::fingerprint {

struct GgufMetadata {
    std::uint64_t alignment = 32;  // general.alignment
};

// A count or length: 32 bits in version 1, 64 bits since version 2.
std::uint64_t read_gguf_size(HeaderCursor& cursor, std::uint32_t version);

// Walks `count` pairs. Errors go to the cursor.
GgufMetadata read_gguf_metadata(HeaderCursor& cursor, std::uint32_t version, std::uint64_t count);

inline constexpr std::uint64_t kMaxGgufPairs = 1U << 16;
inline constexpr int kMaxGgufArrayDepth = 4;

}  // namespace modelward::fingerprint
