// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/fractal_heap.h"

#include <algorithm>
#include <bit>

namespace modelward::fingerprint {
namespace {

constexpr std::uint8_t kKindMask = 0x30;  // of the first byte of an ID; 0: managed
constexpr int kMaxDepth = 64;             // each level is smaller than the one around it

// What a length in an ID takes: enough for an offset in the largest direct block, or for the largest object.
std::uint8_t length_bytes(std::uint64_t largest_direct_block, std::uint64_t largest_object) {
    return static_cast<std::uint8_t>(std::min((std::bit_width(largest_direct_block) - 1 + 7) / 8,
                                              (std::bit_width(largest_object) - 1) / 8 + 1));
}

}  // namespace

Result<FractalHeap> FractalHeap::read(Hdf5File& file, std::uint64_t position) {
    FractalHeap heap(file);
    Hdf5Cursor cursor(file, position);
    cursor.signature("FRHP");
    cursor.skip(1);
    heap.id_bytes_ = cursor.number<std::uint16_t>();
    const auto filter_bytes = cursor.number<std::uint16_t>();
    cursor.skip(1);  // flags
    const auto largest_object = cursor.number<std::uint32_t>();
    cursor.skip(file.length_bytes() + file.address_bytes());  // huge objects
    cursor.skip(file.length_bytes() + file.address_bytes());  // free space
    cursor.skip(8 * file.length_bytes());                     // counts
    heap.width_ = cursor.number<std::uint16_t>();
    heap.starting_block_ = cursor.length();
    heap.largest_direct_block_ = cursor.length();
    heap.heap_bits_ = cursor.number<std::uint16_t>();
    cursor.skip(2);
    heap.root_ = cursor.address();
    heap.root_rows_ = cursor.number<std::uint16_t>();
    if (filter_bytes != 0) cursor.refuse(ErrorCode::kUnsupported, "a heap is compressed");
    if (heap.id_bytes_ == 0 || largest_object == 0 || heap.width_ == 0 || heap.heap_bits_ == 0 ||
        heap.heap_bits_ > 62 || !std::has_single_bit(heap.starting_block_) ||
        !std::has_single_bit(heap.largest_direct_block_) || !std::has_single_bit(heap.width_) ||
        heap.starting_block_ > heap.largest_direct_block_ || heap.largest_direct_block_ >> 32 != 0)
        cursor.refuse(ErrorCode::kInvalid, "the sizes of a heap make no sense");
    if (!cursor.ok()) return fail(cursor.error().with_context("fractal heap"));
    heap.offset_bytes_ = static_cast<std::uint8_t>((heap.heap_bits_ + 7) / 8);
    heap.length_bytes_ = length_bytes(heap.largest_direct_block_, largest_object);
    return heap;
}

std::uint64_t FractalHeap::row_block_bytes(std::uint64_t row) const {
    return row == 0 ? starting_block_ : starting_block_ << (row - 1);
}

std::uint64_t FractalHeap::row_start(std::uint64_t row) const {
    return row == 0 ? 0 : (starting_block_ * width_) << (row - 1);
}

Result<FractalHeap::Object> FractalHeap::find(Hdf5Cursor id) const {
    const auto kind = id.number<std::uint8_t>();
    if ((kind & kKindMask) != 0)
        id.refuse(ErrorCode::kUnsupported, "an object is stored outside of its heap");
    const std::uint64_t offset = id.sized(offset_bytes_);
    const std::uint64_t bytes = id.sized(length_bytes_);
    if (id.ok() && (offset >> heap_bits_ != 0 || bytes > largest_direct_block_))
        id.refuse(ErrorCode::kInvalid, "an object is outside of its heap");
    if (!id.ok()) return fail(id.error().with_context("fractal heap"));
    const auto position = locate(offset, bytes);
    if (!position) return fail(position.error().with_context("fractal heap"));
    return Object{*position, bytes};
}

// Goes down from the root: each indirect block is a table of rows, `width_` blocks in each; the blocks of the
// first two rows are as large as the first block, those of each further row twice as large as of the one
// before. Blocks above the largest direct one are tables again.
Result<std::uint64_t> FractalHeap::locate(std::uint64_t offset, std::uint64_t bytes) const {
    std::uint64_t block = root_;
    std::uint64_t rows = root_rows_;
    std::uint64_t block_bytes = starting_block_;
    for (int depth = 0; rows != 0; ++depth) {
        Hdf5Cursor cursor(*file_, block);
        cursor.signature("FHIB");
        const std::uint64_t row =
            offset < row_start(1) ? 0 : static_cast<std::uint64_t>(std::bit_width(offset / row_start(1)));
        if (row >= rows || depth == kMaxDepth) cursor.refuse(ErrorCode::kInvalid, "an object is in no block");
        if (!cursor.ok()) return fail(cursor.error());
        block_bytes = row_block_bytes(row);
        const std::uint64_t column = (offset - row_start(row)) / block_bytes;
        cursor.skip(1 + file_->address_bytes() + offset_bytes_);
        cursor.skip((row * width_ + column) * file_->address_bytes());
        block = cursor.address();
        if (!cursor.ok()) return fail(cursor.error());
        offset = (offset - row_start(row)) % block_bytes;
        const bool is_direct = block_bytes <= largest_direct_block_;
        rows = is_direct ? 0 : static_cast<std::uint64_t>(std::bit_width(block_bytes / row_start(1)));
        if (!is_direct && rows == 0) return fail(ErrorCode::kInvalid, "a table of blocks without rows");
    }
    if (block == kUndefinedPosition || offset > block_bytes || bytes > block_bytes - offset)
        return fail(ErrorCode::kInvalid, "an object is outside of its block");
    return block + offset;
}

}  // namespace modelward::fingerprint
