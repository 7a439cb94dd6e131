// SPDX-License-Identifier: Apache-2.0
// Finds the artifacts that hold a chunk: one flat open-addressing table, 16 bytes an entry at a load of at
// most 1/2. Chunk hashes are uniform already, so their low bits choose the place. Look-up cost does not grow
// with the index, only with the number of artifacts that share the chunk.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "fingerprint/fingerprint.h"

namespace modelward::fingerprint {

class ChunkIndex {
  public:
    // Returns the bytes of the distinct chunks, the whole of which shares are taken.
    std::uint64_t add(std::uint32_t artifact, std::span<const Chunk> chunks);

    // Calls `hit` with each artifact that holds a chunk of this hash and length.
    void find(const Chunk& chunk, const std::function<void(std::uint32_t artifact)>& hit) const;

  private:
    struct Slot {
        std::uint64_t hash;
        std::uint32_t length;  // 0: empty
        std::uint32_t artifact;
    };
    void reserve(std::size_t entries);
    bool insert(const Slot& slot);  // false: it was there

    std::vector<Slot> slots_;
    std::size_t used_ = 0;
};

}  // namespace modelward::fingerprint
