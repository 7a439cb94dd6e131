// SPDX-License-Identifier: Apache-2.0
// Version 2 B-trees, of the names of links: records of one size.
// HDF5 File Format Specification 3.0, "III.A.2. Disk Format: Level 1A2 - Version 2 B-trees".
#pragma once

#include <cstdint>
#include <functional>

#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

// Visits all records, those of a node before those below it; each node once, whatever the nodes say. An error
// of `visit` ends the walk; of broken nodes the first error is returned after the others have been visited.
Result<void> walk_btree_v2(Hdf5File& file, std::uint64_t header,
                           const std::function<Result<void>(Hdf5Cursor record)>& visit);

}  // namespace modelward::fingerprint
