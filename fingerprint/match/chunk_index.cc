// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/chunk_index.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kLeastSlots = 1024;

}  // namespace

std::uint64_t ChunkIndex::add(std::uint32_t artifact, std::span<const Chunk> chunks) {
    reserve(used_ + chunks.size());
    std::uint64_t bytes = 0;
    for (const Chunk& chunk : chunks) {
        if (chunk.length != 0 && insert({chunk.hash, chunk.length, artifact})) bytes += chunk.length;
    }
    return bytes;
}

void ChunkIndex::find(const Chunk& chunk, const std::function<void(std::uint32_t)>& hit) const {
    if (slots_.empty()) return;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = chunk.hash & mask; slots_[at].length != 0; at = (at + 1) & mask) {
        if (slots_[at].hash == chunk.hash && slots_[at].length == chunk.length) hit(slots_[at].artifact);
    }
}

void ChunkIndex::reserve(std::size_t entries) {
    const std::size_t wanted = std::bit_ceil(std::max(2 * entries, kLeastSlots));
    if (wanted <= slots_.size()) return;
    const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(wanted));
    used_ = 0;
    for (const Slot& slot : old) {
        if (slot.length != 0) insert(slot);
    }
}

bool ChunkIndex::insert(const Slot& slot) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = slot.hash & mask;
    for (; slots_[at].length != 0; at = (at + 1) & mask) {
        const Slot& taken = slots_[at];
        if (taken.hash == slot.hash && taken.length == slot.length && taken.artifact == slot.artifact)
            return false;
    }
    slots_[at] = slot;
    ++used_;
    return true;
}

}  // namespace modelward::fingerprint
