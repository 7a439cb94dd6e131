// SPDX-License-Identifier: Apache-2.0
// Version 2 B-trees, of the names of links or of chunks: records of one size.
// HDF5 File Format Specification 3.0, "III.A.2. Disk Format: Level 1A2 - Version 2 B-trees".
#pragma once

#include <cstdint>
#include <functional>

#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

enum class BtreeV2Type : std::uint8_t { kLinkNames = 5, kChunks = 10, kFilteredChunks = 11 };

// Visits all records, those of a node before those below it; each node once, whatever the nodes say. An error
// of `visit` ends the walk; of broken nodes the first error is returned after the others have been visited.
// More than `most` records are kLimit. A record's cursor has nothing behind it.
Result<void> walk_btree_v2(Hdf5File& file, BtreeV2Type type, std::uint64_t header, std::uint64_t most,
                           const std::function<Result<void>(Hdf5Cursor record)>& visit);

}  // namespace modelward::fingerprint
