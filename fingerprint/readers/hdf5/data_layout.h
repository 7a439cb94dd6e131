// SPDX-License-Identifier: Apache-2.0
// Where the elements of a dataset are. Versions 3 and 4.
// HDF5 File Format Specification 3.0, "IV.A.2.i. The Data Layout Message".
#pragma once

#include <cstdint>
#include <vector>

#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

enum class Hdf5LayoutClass : std::uint8_t { kCompact = 0, kContiguous = 1, kChunked = 2, kVirtual = 3 };

// How the chunks of a dataset are found.
enum class Hdf5ChunkIndex : std::uint8_t {
    kBtreeV1 = 0,  // of layout version 3, which does not number it
    kSingleChunk = 1,
    kImplicit = 2,
    kFixedArray = 3,
    kExtensibleArray = 4,
    kBtreeV2 = 5,
};

struct Hdf5Layout {
    Hdf5LayoutClass layout_class;
    // Of the elements, or of what finds the chunks; kUndefinedPosition: nothing was ever written.
    std::uint64_t position = kUndefinedPosition;
    std::uint64_t bytes = 0;  // of the elements; of a single chunk that is filtered
    // Of chunks:
    std::vector<std::uint64_t> chunk_shape{};
    Hdf5ChunkIndex index = Hdf5ChunkIndex::kBtreeV1;
    std::uint32_t filter_mask = 0;  // of a single chunk
    bool is_filtered_single = false;
};

Result<Hdf5Layout> read_data_layout(Hdf5Cursor cursor);

}  // namespace modelward::fingerprint
