// SPDX-License-Identifier: Apache-2.0
// A tensor whose elements are stored in chunks, as HDF5 stores a dataset that is compressed or may grow: a
// grid of boxes of one shape, each with its elements in their order and put through filters. Boxes at the end
// of a dimension are stored whole, what is outside of the tensor too. sketches/chunk_source.h reads the
// elements.
//
// A file may have half a million chunks, so each takes twelve bytes, and what all tables of a file take is
// bounded.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "fingerprint/readers/shape.h"

namespace modelward::fingerprint {

// Of a chunk as it is decoded; larger ones are read only where no filter was applied.
inline constexpr std::uint64_t kMaxChunkBytes = 16ULL << 20;
// Of all tensors of a file; each tensor counts as kChunksPerTensor more, for what it takes besides.
inline constexpr std::uint64_t kMaxChunks = 1U << 19;
inline constexpr std::uint64_t kChunksPerTensor = 16;
inline constexpr std::size_t kMaxChunkFilters = 8;
// A file's chunks are decoded to this many bytes, and to so many times its size: each is wanted for the
// samples, for rows and for columns, and again where a row runs through more chunks than are held.
inline constexpr std::uint64_t kDecodedChunkBytes = 1ULL << 30;
inline constexpr std::uint64_t kDecodedTimesFile = 16;

struct ChunkFilter {
    enum class Kind : std::uint8_t { kDeflate, kShuffle, kFletcher32, kLzf };
    Kind kind;
    std::uint32_t element_bytes = 1;  // kShuffle
};

// A chunk as it is stored.
class StoredChunk {
  public:
    static constexpr std::uint64_t kPositions = std::uint64_t{1} << 48;

    StoredChunk() = default;  // never written
    // `offset` is below kPositions. Bit n of `skipped`: filter n was not applied.
    StoredChunk(std::uint64_t offset, std::uint32_t bytes, std::uint16_t skipped)
        : low_(static_cast<std::uint32_t>(offset)),
          bytes_(bytes),
          high_(static_cast<std::uint16_t>(offset >> 32)),
          skipped_(skipped) {}

    bool is_written() const { return bytes_ != 0; }
    std::uint64_t offset() const { return std::uint64_t{high_} << 32 | low_; }
    std::uint32_t bytes() const { return bytes_; }
    bool skips(std::size_t filter) const { return (skipped_ >> filter & 1U) != 0; }
    StoredChunk moved_down(std::uint64_t by) const { return {offset() - by, bytes_, skipped_}; }

  private:
    std::uint32_t low_ = 0;
    std::uint32_t bytes_ = 0;
    std::uint16_t high_ = 0;
    std::uint16_t skipped_ = 0;
};
static_assert(sizeof(StoredChunk) == 12);

// What the chunks of a file were decoded to, and may be.
struct DecodedBytes {
    std::uint64_t most;
    std::uint64_t done = 0;
};

struct ChunkedData {
    Shape chunk_shape;  // as many dimensions as the tensor; each extent is above zero
    std::uint64_t chunk_bytes = 0;
    std::vector<ChunkFilter> filters;  // in the order in which they were applied
    // By their place in the grid, the last dimension first; offsets count from the tensor's.
    std::vector<StoredChunk> chunks;
    std::shared_ptr<DecodedBytes> decoded;  // one count for all tensors of a file

    bool is_filtered(const StoredChunk& chunk) const {
        for (std::size_t i = 0; i < filters.size(); ++i)
            if (!chunk.skips(i)) return true;
        return false;
    }
};

}  // namespace modelward::fingerprint
