// SPDX-License-Identifier: Apache-2.0
// Finds the artifacts that hold a chunk: one flat open-addressing table, 16 bytes a slot at a load of at most
// 1/2. Hashes are uniform already, so their low bits choose the slot; but for bit 0, which may
// say something (hash_sample.h). Look-up cost does not grow with
// the index, only with the number of artifacts that share the chunk.
//
// A view of memory that somebody else keeps, which may be a damaged file: a search ends after one round.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "fingerprint/fingerprint.h"

namespace modelward::fingerprint {

struct ChunkSlot {
    std::uint64_t hash;
    std::uint32_t length;    // 0: empty
    std::uint32_t artifact;  // its place in the index
    bool operator==(const ChunkSlot&) const = default;
};

class ChunkTable {
  public:
    ChunkTable() = default;
    // A power of two of slots, or none.
    explicit ChunkTable(std::span<const ChunkSlot> slots) : slots_(slots) {}

    // The table of these chunks, each of an artifact once. None may have length 0. Of those with the same
    // hash and length the first `most_holders` are kept.
    static std::vector<ChunkSlot> make(std::span<const ChunkSlot> chunks,
                                       std::size_t most_holders = ~std::size_t{0});

    // Calls `hit` with each artifact that holds a chunk of this hash and length.
    void find(const Chunk& chunk, const std::function<void(std::uint32_t artifact)>& hit) const;

    std::span<const ChunkSlot> slots() const { return slots_; }

  private:
    std::span<const ChunkSlot> slots_;
};

}  // namespace modelward::fingerprint
