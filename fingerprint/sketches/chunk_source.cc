// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/sketches/chunk_source.h"

#include <algorithm>
#include <cassert>

#include "fingerprint/readers/chunk_filters.h"
#include "fingerprint/readers/element_layout.h"

namespace modelward::fingerprint {
namespace {

// What a chunk costs besides its bytes: to be held, and to be decoded (in bytes that take as long).
constexpr std::uint64_t kHeldOverhead = 128;
constexpr std::uint64_t kDecodingOverhead = 1024;

}  // namespace

ChunkSource::ChunkSource(const ByteSource& source, const Tensor& tensor)
    : source_(source),
      data_(*tensor.chunked()),
      first_(tensor.offset),
      contiguous_{{}, tensor.dtype, tensor.shape, tensor.elements, 0, 0},
      element_bytes_(info(tensor.dtype).block_bytes) {
    contiguous_.bytes = tensor.elements * element_bytes_;
    const auto shape = tensor.shape.extents();
    const auto chunk = data_.chunk_shape.extents();
    assert(shape.size() == chunk.size() && !shape.empty());
    // Inner dimensions that lie whole in every chunk are one with the next outer one: pieces are longer.
    for (std::size_t i = shape.size(); i-- > 0;) {
        if (!shape_.empty() && shape_.front() == chunk_.front()) {
            shape_.front() *= shape[i];
            chunk_.front() *= chunk[i];
        } else {
            shape_.insert(shape_.begin(), shape[i]);
            chunk_.insert(chunk_.begin(), chunk[i]);
        }
    }
    for (std::size_t i = 0; i < shape_.size(); ++i)
        grid_.push_back((shape_[i] - 1) / chunk_[i] + 1);
}

bool ChunkSource::holds_rows(std::uint64_t row_elements) const {
    if (data_.chunk_bytes > kMaxChunkBytes) return true;  // which is read in place
    std::uint64_t chunks = 1;
    for (std::size_t i = shape_.size(); i-- > 0;) {
        const std::uint64_t along = std::min(row_elements, shape_[i]);
        chunks *= (along - 1) / chunk_[i] + 1;
        row_elements = (row_elements - 1) / shape_[i] + 1;
    }
    return chunks * (data_.chunk_bytes + kHeldOverhead) <= kHeldChunkBytes;
}

Result<void> ChunkSource::read(std::uint64_t offset, std::span<std::uint8_t> into) const {
    if (offset > size() || into.size() > size() - offset)
        return fail(ErrorCode::kInvalid, "read outside a tensor");
    while (!into.empty()) {
        const Piece piece = piece_at(offset / element_bytes_);
        const std::uint64_t skipped = offset % element_bytes_;
        const auto part =
            into.first(std::min<std::uint64_t>(piece.elements * element_bytes_ - skipped, into.size()));
        if (auto done = read_piece(piece, skipped, part); !done) return done;
        into = into.subspan(part.size());
        offset += part.size();
    }
    return {};
}

ChunkSource::Piece ChunkSource::piece_at(std::uint64_t element) const {
    Piece piece{0, 0, 0};
    std::uint64_t chunks = 1;    // of the dimensions that were looked at
    std::uint64_t in_chunk = 1;  // elements of a chunk along them
    for (std::size_t i = shape_.size(); i-- > 0;) {
        const std::uint64_t at = element % shape_[i];
        element /= shape_[i];
        if (i == shape_.size() - 1) piece.elements = std::min(chunk_[i] - at % chunk_[i], shape_[i] - at);
        piece.chunk += at / chunk_[i] * chunks;
        piece.element += at % chunk_[i] * in_chunk;
        chunks *= grid_[i];
        in_chunk *= chunk_[i];
    }
    return piece;
}

Result<void> ChunkSource::read_piece(const Piece& piece, std::uint64_t skipped,
                                     std::span<std::uint8_t> into) const {
    const StoredChunk& chunk = data_.chunks[piece.chunk];
    const std::uint64_t at = piece.element * element_bytes_ + skipped;
    if (!chunk.is_written()) {
        std::ranges::fill(into, std::uint8_t{0});
        return {};
    }
    if (data_.chunk_bytes > kMaxChunkBytes)  // then it is not filtered
        return source_.read(first_ + chunk.offset() + at, into);
    const auto bytes = decoded(piece.chunk);
    if (!bytes) return fail(bytes.error());
    std::ranges::copy(bytes->subspan(at, into.size()), into.begin());
    return {};
}

Result<std::span<const std::uint8_t>> ChunkSource::decoded(std::uint64_t number) const {
    if (const auto found = held_.find(number); found != held_.end()) return found->second;
    const StoredChunk& chunk = data_.chunks[number];
    const std::uint64_t cost =
        (data_.chunk_bytes + kDecodingOverhead) * std::max<std::size_t>(data_.filters.size(), 1);
    if (data_.decoded->most - data_.decoded->done < cost)
        return fail(ErrorCode::kLimit, "the chunks of the file decode to more bytes than are allowed");
    data_.decoded->done += cost;
    make_room();
    std::vector<std::uint8_t> stored(chunk.bytes());
    if (auto done = source_.read(first_ + chunk.offset(), stored); !done) return fail(done.error());
    auto bytes = decode_chunk(std::move(stored), chunk, data_.filters, data_.chunk_bytes);
    if (!bytes) return fail(bytes.error());
    order_.push_back(number);
    return held_.emplace(number, std::move(*bytes)).first->second;
}

// For one more.
void ChunkSource::make_room() const {
    while (!order_.empty() && (order_.size() + 1) * (data_.chunk_bytes + kHeldOverhead) > kHeldChunkBytes) {
        held_.erase(order_.front());
        order_.pop_front();
    }
}

}  // namespace modelward::fingerprint
