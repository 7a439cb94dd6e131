// SPDX-License-Identifier: Apache-2.0
// Indexes of chunks that are arrays: the element that belongs to a chunk is found by the chunk's place.
// HDF5 File Format Specification 3.0, "VII.C. The Fixed Array Index", "VII.D. The Extensible Array Index".
#pragma once

#include <cstdint>
#include <memory>

#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

class ChunkArray {
  public:
    virtual ~ChunkArray() = default;

    // Elements that lie one behind the other.
    struct Run {
        std::uint64_t first = 0;
        std::uint64_t count = 0;
        std::uint64_t position = kUndefinedPosition;  // undefined: never written
    };
    // The run that holds element `place`; an empty one where the array has no such element.
    virtual Result<Run> run_at(std::uint64_t place) = 0;

    bool is_filtered() const { return is_filtered_; }
    std::uint8_t element_bytes() const { return element_bytes_; }

  protected:
    void read_kind(Hdf5Cursor& header);

  private:
    bool is_filtered_ = false;
    std::uint8_t element_bytes_ = 0;
};

// `file` must outlive the array.
Result<std::unique_ptr<ChunkArray>> read_fixed_array(Hdf5File& file, std::uint64_t header);
Result<std::unique_ptr<ChunkArray>> read_extensible_array(Hdf5File& file, std::uint64_t header);

// Pages of elements in a data block; each has a checksum behind it.
inline constexpr std::uint64_t kArrayChecksum = 4;
// The bit of a page in a bitmap that begins at `bitmap`: whether the page was ever written.
Result<bool> is_page_written(Hdf5File& file, std::uint64_t bitmap, std::uint64_t page);

}  // namespace modelward::fingerprint
