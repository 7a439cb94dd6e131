// SPDX-License-Identifier: Apache-2.0
// Where the elements of a dataset are. Versions 3 and 4.
// HDF5 File Format Specification 3.0, "IV.A.2.i. The Data Layout Message".
#pragma once

#include <cstdint>
#include <vector>

#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

enum class Hdf5LayoutClass : std::uint8_t { kCompact = 0, kContiguous = 1, kChunked = 2, kVirtual = 3 };

// What says where the chunks are. Layouts of version 3 have the first one, those of version 4 the others.
enum class Hdf5ChunkIndex : std::uint8_t {
    kBtreeV1 = 0,
    kSingleChunk = 1,
    kImplicit = 2,
    kFixedArray = 3,
    kExtensibleArray = 4,
    kBtreeV2 = 5,
};

struct Hdf5Layout {
    Hdf5LayoutClass layout_class;
    // Of elements that are in one piece, or of the index of chunks; kUndefinedPosition: nothing was ever
    // written.
    std::uint64_t position = kUndefinedPosition;
    std::uint64_t bytes = 0;
    // Of chunks. The last extent counts the bytes of an element.
    std::vector<std::uint64_t> chunk{};
    Hdf5ChunkIndex index = Hdf5ChunkIndex::kBtreeV1;
    bool leaves_edges = false;          // chunks that reach out of the dataset are not filtered
    bool is_single_filtered = false;    // kSingleChunk: it is, and has `bytes`
    std::uint32_t skipped_filters = 0;  // of that one
};

Result<Hdf5Layout> read_data_layout(Hdf5Cursor cursor);

}  // namespace modelward::fingerprint
