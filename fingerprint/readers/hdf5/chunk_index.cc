// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/chunk_index.h"

#include <algorithm>
#include <limits>

#include "fingerprint/readers/chunk_filters.h"
#include "fingerprint/readers/hdf5/btree_v1.h"
#include "fingerprint/readers/hdf5/btree_v2.h"
#include "fingerprint/readers/hdf5/chunk_arrays.h"
#include "fingerprint/readers/hdf5/chunk_grid.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kMaskBytes = 4;
constexpr std::size_t kOffsetBytes = 8;  // of a chunk, in a B-tree

class ChunkTable {
  public:
    ChunkTable(Hdf5File& file, const Hdf5Layout& layout, ChunkGrid grid, std::vector<std::uint64_t> extents,
               ChunkedData& data, Hdf5ChunkAllowance& allowance)
        : file_(file),
          layout_(layout),
          grid_(std::move(grid)),
          extents_(std::move(extents)),
          data_(data),
          allowance_(allowance) {
        data_.chunks.resize(grid_.count());
    }

    Result<void> read() {
        switch (layout_.index) {
            case Hdf5ChunkIndex::kBtreeV1:
                return read_btree_v1();
            case Hdf5ChunkIndex::kSingleChunk:
                return read_single();
            case Hdf5ChunkIndex::kImplicit:
                return read_implicit();
            case Hdf5ChunkIndex::kFixedArray:
                return read_array(read_fixed_array(file_, layout_.position));
            case Hdf5ChunkIndex::kExtensibleArray:
                return read_array(read_extensible_array(file_, layout_.position));
            case Hdf5ChunkIndex::kBtreeV2:
                return read_btree_v2();
        }
        return fail(ErrorCode::kInternal, "an unknown index of chunks");
    }

    // Offsets from the first chunk in the file, whose position is returned; none: nothing was ever written.
    std::optional<std::uint64_t> rebase() {
        if (first_ == kUndefinedPosition) return std::nullopt;
        for (StoredChunk& chunk : data_.chunks)
            if (chunk.is_written()) chunk = chunk.moved_down(first_);
        return first_;
    }

  private:
    bool is_filtered() const { return !data_.filters.empty(); }

    Result<void> read_btree_v1() {
        const std::size_t dimensions = extents_.size();
        const std::uint64_t key_bytes = 4 + kMaskBytes + kOffsetBytes * (dimensions + 1);
        std::vector<std::uint64_t> place(dimensions);
        return walk_btree_v1(file_, BtreeV1Type::kChunks, key_bytes, layout_.position,
                             [&](Hdf5Cursor key, std::uint64_t position) -> Result<void> {
                                 const auto bytes = key.number<std::uint32_t>();
                                 const auto skipped = key.number<std::uint32_t>();
                                 for (std::size_t i = 0; i < dimensions; ++i) {
                                     const auto first = key.number<std::uint64_t>();
                                     if (first % extents_[i] != 0)
                                         key.refuse(ErrorCode::kInvalid, "a chunk lies across the grid");
                                     place[i] = first / extents_[i];
                                 }
                                 if (!key.ok()) return fail(key.error());
                                 return put(grid_.number_at(place), position, bytes, skipped);
                             });
    }

    Result<void> read_btree_v2() {
        const std::size_t dimensions = extents_.size();
        const std::size_t besides = file_.address_bytes() + kMaskBytes + kOffsetBytes * dimensions;
        std::vector<std::uint64_t> place(dimensions);
        return walk_btree_v2(file_, is_filtered() ? BtreeV2Type::kFilteredChunks : BtreeV2Type::kChunks,
                             layout_.position, kMaxChunks, [&](Hdf5Cursor record) -> Result<void> {
                                 if (is_filtered() && record.left() <= besides)
                                     return fail(ErrorCode::kInvalid, "a chunk's record is too short");
                                 const std::size_t count_bytes = is_filtered() ? record.left() - besides : 0;
                                 const Stored stored = read_stored(record, count_bytes);
                                 for (std::uint64_t& along : place)
                                     along = record.number<std::uint64_t>();
                                 if (!record.ok()) return fail(record.error());
                                 return put(grid_.number_at(place), stored.position, stored.bytes,
                                            stored.skipped);
                             });
    }

    Result<void> read_single() {
        return layout_.is_single_filtered ? put(0, layout_.position, layout_.bytes, layout_.skipped_filters)
                                          : put(0, layout_.position, data_.chunk_bytes, 0);
    }

    Result<void> read_implicit() {
        for (std::uint64_t number = 0; number < grid_.count(); ++number) {
            const auto place = grid_.place_in_array(number);
            std::uint64_t position = 0;
            if (!place || __builtin_mul_overflow(*place, data_.chunk_bytes, &position) ||
                __builtin_add_overflow(position, layout_.position, &position))
                return fail(ErrorCode::kInvalid, "chunks are outside of the file");
            if (auto done = put(number, position, data_.chunk_bytes, 0); !done) return done;
        }
        return {};
    }

    Result<void> read_array(Result<std::unique_ptr<ChunkArray>> array) {
        if (!array) return fail(array.error());
        const std::size_t element = (*array)->element_bytes();
        const std::size_t besides = file_.address_bytes() + ((*array)->is_filtered() ? kMaskBytes : 0);
        if ((*array)->is_filtered() != is_filtered() || element < besides ||
            (is_filtered() ? element == besides : element != besides))
            return fail(ErrorCode::kInvalid, "the elements of an array of chunks are of another kind");
        ChunkArray::Run run;
        for (std::uint64_t number = 0; number < grid_.count(); ++number) {
            const auto place = grid_.place_in_array(number);
            if (!place) return fail(ErrorCode::kLimit, "an array of chunks is too long");
            if (*place < run.first || *place - run.first >= run.count) {
                const auto next = (*array)->run_at(*place);
                if (!next) return fail(next.error());
                run = *next;
            }
            if (run.count == 0 || run.position == kUndefinedPosition) continue;
            Hdf5Cursor cursor(file_, run.position + (*place - run.first) * element, element);
            const Stored stored = read_stored(cursor, element - besides);
            if (!cursor.ok()) return fail(cursor.error());
            if (auto done = put(number, stored.position, stored.bytes, stored.skipped); !done) return done;
        }
        return {};
    }

    struct Stored {
        std::uint64_t position;
        std::uint64_t bytes;
        std::uint32_t skipped = 0;
    };

    // `count_bytes`: how wide the count of stored bytes is, where chunks are filtered.
    Stored read_stored(Hdf5Cursor& cursor, std::size_t count_bytes) const {
        Stored stored{cursor.address(), data_.chunk_bytes};
        if (!is_filtered()) return stored;
        if (count_bytes > sizeof(std::uint64_t))
            cursor.refuse(ErrorCode::kInvalid, "a chunk's size is too wide");
        stored.bytes = cursor.sized(count_bytes);
        stored.skipped = cursor.number<std::uint32_t>();
        return stored;
    }

    Result<void> put(std::optional<std::uint64_t> number, std::uint64_t position, std::uint64_t bytes,
                     std::uint32_t skipped) {
        if (!number || position == kUndefinedPosition) return {};
        if (position > file_.size() || bytes > file_.size() - position ||
            position + bytes > StoredChunk::kPositions)
            return fail(ErrorCode::kInvalid, "truncated: a chunk at byte " + std::to_string(position) +
                                                 " ends outside of the file");
        if (layout_.leaves_edges && grid_.is_at_edge(*number)) skipped = ~std::uint32_t{0};
        if (bytes > std::numeric_limits<std::uint32_t>::max())
            return fail(ErrorCode::kLimit, "a chunk is stored in " + std::to_string(bytes) + " bytes");
        const StoredChunk chunk(position, static_cast<std::uint32_t>(bytes),
                                static_cast<std::uint16_t>(skipped));
        const bool is_sound = data_.is_filtered(chunk)
                                  ? bytes != 0 && bytes <= most_stored_bytes(data_.chunk_bytes)
                                  : bytes == data_.chunk_bytes;
        if (!is_sound)
            return fail(ErrorCode::kInvalid, "a chunk of " + std::to_string(data_.chunk_bytes) +
                                                 " bytes cannot be stored in " + std::to_string(bytes));
        // Of two, a loader takes the one that its search meets.
        if (data_.chunks[*number].is_written()) return fail(ErrorCode::kInvalid, "a chunk is listed twice");
        if (bytes > allowance_.stored_bytes) return fail(ErrorCode::kInvalid, "chunks share bytes");
        allowance_.stored_bytes -= bytes;
        data_.chunks[*number] = chunk;
        first_ = std::min(first_, position);
        return {};
    }

    Hdf5File& file_;
    const Hdf5Layout& layout_;
    ChunkGrid grid_;
    std::vector<std::uint64_t> extents_;
    ChunkedData& data_;
    Hdf5ChunkAllowance& allowance_;
    std::uint64_t first_ = kUndefinedPosition;
};

Result<std::uint64_t> bytes_of_chunk(const Hdf5Layout& layout, bool is_filtered) {
    std::uint64_t bytes = 1;
    for (const std::uint64_t extent : layout.chunk)
        if (__builtin_mul_overflow(bytes, extent, &bytes))
            return fail(ErrorCode::kInvalid, "a chunk is too large");
    if (is_filtered && bytes > kMaxChunkBytes)
        return fail(ErrorCode::kLimit, "a chunk of " + std::to_string(bytes) +
                                           " bytes is beyond the limit of " + std::to_string(kMaxChunkBytes));
    return bytes;
}

}  // namespace

Hdf5ChunkAllowance Hdf5ChunkAllowance::of_file(std::uint64_t file_bytes) {
    std::uint64_t most = 0;
    if (__builtin_mul_overflow(file_bytes, kDecodedTimesFile, &most) ||
        __builtin_add_overflow(most, kDecodedChunkBytes, &most))
        most = ~std::uint64_t{0};
    return {.stored_bytes = file_bytes, .decoded = std::make_shared<DecodedBytes>(most)};
}

Result<Hdf5Chunks> read_chunk_index(Hdf5File& file, const Hdf5Layout& layout, const Hdf5Dataspace& space,
                                    std::vector<ChunkFilter> filters, Hdf5ChunkAllowance& allowance) {
    const std::vector<std::uint64_t> extents(layout.chunk.begin(), layout.chunk.end() - 1);
    const auto bytes = bytes_of_chunk(layout, !filters.empty());
    if (!bytes) return fail(bytes.error());
    if (allowance.chunks < kChunksPerTensor)
        return fail(ErrorCode::kLimit, "more than " + std::to_string(kMaxChunks) + " chunks");
    auto grid = ChunkGrid::of(space, extents, allowance.chunks - kChunksPerTensor);
    if (!grid) return fail(grid.error());
    allowance.chunks -= grid->count() + kChunksPerTensor;

    ChunkedData data{.chunk_shape = extents,
                     .chunk_bytes = *bytes,
                     .filters = std::move(filters),
                     .chunks = {},
                     .decoded = allowance.decoded};
    ChunkTable table(file, layout, std::move(*grid), extents, data, allowance);
    if (auto read = table.read(); !read) return fail(read.error());
    const auto first = table.rebase();
    if (!first) return Hdf5Chunks{0, std::nullopt};
    return Hdf5Chunks{*first, std::move(data)};
}

}  // namespace modelward::fingerprint
