// SPDX-License-Identifier: Apache-2.0
// Version 1 B-trees, of the entries of a group or of the chunks of a dataset.
// HDF5 File Format Specification 3.0, "III.A.1. Disk Format: Level 1A1 - Version 1 B-trees".
#pragma once

#include <cstdint>
#include <functional>

#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

// Called with the key before a leaf's child, and the position of the child.
using BtreeV1Visit = std::function<Result<void>(Hdf5Cursor key, std::uint64_t child)>;

enum class BtreeV1Type : std::uint8_t { kGroup = 0, kChunks = 1 };

// Visits the children of all leaves; each node once, whatever the nodes say. An error of `visit` ends the
// walk; of broken nodes the first error is returned after the others have been visited.
Result<void> walk_btree_v1(Hdf5File& file, BtreeV1Type type, std::uint64_t key_bytes, std::uint64_t root,
                           const BtreeV1Visit& visit);

}  // namespace modelward::fingerprint
