// SPDX-License-Identifier: Apache-2.0
// Where the elements of a dataset are. Versions 3 and 4.
// HDF5 File Format Specification 3.0, "IV.A.2.i. The Data Layout Message".
#pragma once

#include <cstdint>

#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

enum class Hdf5LayoutClass : std::uint8_t { kCompact = 0, kContiguous = 1, kChunked = 2, kVirtual = 3 };

struct Hdf5Layout {
    Hdf5LayoutClass layout_class;
    // Of elements that are in one piece; kUndefinedPosition: nothing was ever written.
    std::uint64_t position = kUndefinedPosition;
    std::uint64_t bytes = 0;
};

Result<Hdf5Layout> read_data_layout(Hdf5Cursor cursor);

}  // namespace modelward::fingerprint
