// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/index/chunk_table.h"

#include <bit>

namespace modelward::fingerprint {

std::vector<ChunkSlot> ChunkTable::make(std::span<const ChunkSlot> chunks, std::size_t most_holders) {
    if (chunks.empty()) return {};
    std::vector<ChunkSlot> slots(std::bit_ceil(2 * chunks.size()));
    const std::size_t mask = slots.size() - 1;
    for (const ChunkSlot& chunk : chunks) {
        std::size_t at = (chunk.hash >> 1) & mask;
        std::size_t holders = 0;
        while (slots[at].length != 0 && slots[at] != chunk && holders < most_holders) {
            if (slots[at].hash == chunk.hash && slots[at].length == chunk.length) ++holders;
            at = (at + 1) & mask;
        }
        if (holders < most_holders) slots[at] = chunk;
    }
    return slots;
}

void ChunkTable::find(const Chunk& chunk, const std::function<void(std::uint32_t)>& hit) const {
    if (slots_.empty()) return;
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (chunk.hash >> 1) & mask;
    for (std::size_t seen = 0; seen < slots_.size() && slots_[at].length != 0; ++seen, at = (at + 1) & mask) {
        if (slots_[at].hash == chunk.hash && slots_[at].length == chunk.length) hit(slots_[at].artifact);
    }
}

}  // namespace modelward::fingerprint
