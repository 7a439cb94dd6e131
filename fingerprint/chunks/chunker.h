// SPDX-License-Identifier: Apache-2.0
// Content-defined chunks: cuts bytes where the content says so, so that an insertion moves the cuts with the
// content and all chunks but one or two stay the same.
//
// Gear hash with a skipped minimum, after FastCDC (Xia and others, USENIX ATC 2016): from kLeastChunk on, a
// cut falls where the top 13 bits of a rolling hash over the last 64 bytes are zero; 16 KiB on average.
// Specified in docs/fingerprint-format.md.
#pragma once

#include <cstdint>
#include <span>

namespace modelward::fingerprint {

inline constexpr std::size_t kLeastChunk = 8 * 1024;
inline constexpr std::size_t kMostChunk = 64 * 1024;

// Length of the chunk that starts `bytes`, which must hold kMostChunk bytes or all that is left of the file,
// and be not empty.
std::size_t chunk_length(std::span<const std::uint8_t> bytes);

// True for chunks that say nothing about whose content it is: those that repeat a unit of at most 8 bytes, as
// zeros of a sparse file and constant tensors do, and those under 64 bytes.
bool is_trivial_chunk(std::span<const std::uint8_t> bytes);

}  // namespace modelward::fingerprint
