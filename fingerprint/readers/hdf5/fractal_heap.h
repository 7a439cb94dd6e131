// SPDX-License-Identifier: Apache-2.0
// A fractal heap: objects of any size in blocks that double. Only where a managed object lies is asked here;
// links are never large enough to be kept in another way.
// HDF5 File Format Specification 3.0, "III.G. Disk Format: Level 1G - Fractal Heap".
#pragma once

#include <cstdint>
#include <span>

#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

class FractalHeap {
  public:
    // `file` must outlive the object.
    static Result<FractalHeap> read(Hdf5File& file, std::uint64_t position);

    std::uint16_t id_bytes() const { return id_bytes_; }

    struct Object {
        std::uint64_t position;
        std::uint64_t bytes;
    };
    // Where the object with the heap ID under the cursor is. kUnsupported: it is not in a block of the heap.
    Result<Object> find(Hdf5Cursor id) const;

  private:
    explicit FractalHeap(Hdf5File& file) : file_(&file) {}

    // The span of a block of a row, counted in the heap's own address space.
    std::uint64_t row_block_bytes(std::uint64_t row) const;
    std::uint64_t row_start(std::uint64_t row) const;
    Result<std::uint64_t> locate(std::uint64_t offset, std::uint64_t bytes) const;

    Hdf5File* file_;
    std::uint16_t id_bytes_ = 0;
    std::uint8_t offset_bytes_ = 0;
    std::uint8_t length_bytes_ = 0;
    std::uint16_t width_ = 0;
    std::uint64_t starting_block_ = 0;
    std::uint64_t largest_direct_block_ = 0;
    std::uint16_t heap_bits_ = 0;
    std::uint64_t root_ = 0;
    std::uint16_t root_rows_ = 0;  // 0: the root is a direct block
};

}  // namespace modelward::fingerprint
