// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/chunks/chunk_stream.h"

#include <xxhash.h>

#include <algorithm>

#include "fingerprint/chunks/chunker.h"

namespace modelward::fingerprint {

ChunkStream::ChunkStream(std::size_t room, ChunkVisitor visit)
    : visit_(std::move(visit)), buffer_(room + kMostChunk) {}

std::span<std::uint8_t> ChunkStream::room() {
    // Less than a greatest chunk is left uncut, so there is as much room as was asked for.
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
    return std::span(buffer_).subspan(end_);
}

void ChunkStream::added(std::size_t bytes) {
    end_ += bytes;
    cut(kMostChunk);
}

void ChunkStream::push(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const auto into = room();
        const std::size_t length = std::min(into.size(), bytes.size());
        std::copy_n(bytes.begin(), length, into.begin());
        added(length);
        bytes = bytes.subspan(length);
    }
}

void ChunkStream::finish() {
    cut(1);
    offset_ = 0;
}

void ChunkStream::cut(std::size_t least) {
    while (end_ - begin_ >= least) {
        const auto uncut = std::span<const std::uint8_t>(buffer_).subspan(begin_, end_ - begin_);
        const auto chunk = uncut.first(chunk_length(uncut));
        if (!is_trivial_chunk(chunk)) {
            visit_(offset_,
                   {XXH3_64bits(chunk.data(), chunk.size()), static_cast<std::uint32_t>(chunk.size())});
        }
        begin_ += chunk.size();
        offset_ += chunk.size();
    }
}

}  // namespace modelward::fingerprint
