// SPDX-License-Identifier: Apache-2.0
// What was done to a chunk's bytes before they were stored, undone: deflate (RFC 1950), shuffle (the first
// bytes of all elements, then the second ones, ...), LZF, and Fletcher's checksum behind them, which is left
// out and not checked: a chunk that was tampered with is still a chunk of a model.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "fingerprint/readers/chunked_data.h"

namespace modelward::fingerprint {

// Gives the chunk's `decoded_bytes`, which are at most kMaxChunkBytes; two such buffers are held at most.
// kInvalid: broken, or of another size.
Result<std::vector<std::uint8_t>> decode_chunk(std::vector<std::uint8_t> stored, const StoredChunk& chunk,
                                               std::span<const ChunkFilter> filters,
                                               std::uint64_t decoded_bytes);

// What a chunk of `decoded_bytes` may be stored in: what cannot be compressed grows a little.
std::uint64_t most_stored_bytes(std::uint64_t decoded_bytes);

}  // namespace modelward::fingerprint
