// SPDX-License-Identifier: Apache-2.0
// A tensor that is stored in chunks, as if its elements lay one after the other from byte 0 on: what reads
// elements need not know. The chunks that were decoded last are held, up to kHeldChunkBytes of them; who
// reads in the order of storage has each decoded once, unless a row runs through more of them than that.
//
// Chunks that were never written read as zeros, whatever fill value the file names.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/readers/chunked_data.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

inline constexpr std::uint64_t kHeldChunkBytes = kMaxChunkBytes;

class ChunkSource final : public ByteSource {
  public:
    // `tensor` is chunked. Owns neither.
    ChunkSource(const ByteSource& source, const Tensor& tensor);

    // The tensor in this source.
    const Tensor& tensor() const { return contiguous_; }
    // Whether all chunks that rows of so many elements run through are held together.
    bool holds_rows(std::uint64_t row_elements) const;

    std::uint64_t size() const override { return contiguous_.bytes; }
    // Besides the source's errors, kInvalid: the data of a chunk is broken; kLimit: the file's chunks decode
    // to more than they may.
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override;

  private:
    // A number of elements that lie in one chunk, one behind the other.
    struct Piece {
        std::uint64_t chunk;
        std::uint64_t element;  // in the chunk
        std::uint64_t elements;
    };
    Piece piece_at(std::uint64_t element) const;
    Result<void> read_piece(const Piece& piece, std::uint64_t skipped, std::span<std::uint8_t> into) const;
    Result<std::span<const std::uint8_t>> decoded(std::uint64_t number) const;
    void make_room() const;

    const ByteSource& source_;
    const ChunkedData& data_;
    std::uint64_t first_;
    Tensor contiguous_;
    std::uint64_t element_bytes_;
    std::vector<std::uint64_t> shape_, chunk_, grid_;

    mutable std::unordered_map<std::uint64_t, std::vector<std::uint8_t>> held_;
    mutable std::deque<std::uint64_t> order_;  // of those that are held, the oldest first
};

}  // namespace modelward::fingerprint
