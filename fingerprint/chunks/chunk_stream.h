// SPDX-License-Identifier: Apache-2.0
// Cuts bytes that come in pieces into chunks; how they are cut into pieces does not matter. Memory: kRoom.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "fingerprint/fingerprint.h"

namespace modelward::fingerprint {

// Called for each chunk that is not trivial, in order, with the offset of its first byte.
using ChunkVisitor = std::function<void(std::uint64_t offset, const Chunk& chunk)>;

class ChunkStream {
  public:
    // `room` is the most that can be added at once.
    ChunkStream(std::size_t room, ChunkVisitor visit);

    // Where the next bytes go, without a copy: fill the front of it, then say how much.
    std::span<std::uint8_t> room();
    void added(std::size_t bytes);

    // The same with a copy.
    void push(std::span<const std::uint8_t> bytes);

    // Cuts what is left. What follows is new content, at offset 0.
    void finish();

  private:
    void cut(std::size_t least);

    ChunkVisitor visit_;
    std::vector<std::uint8_t> buffer_;
    std::size_t begin_ = 0;  // [begin_, end_) of the buffer is not yet cut
    std::size_t end_ = 0;
    std::uint64_t offset_ = 0;  // of begin_
};

}  // namespace modelward::fingerprint
