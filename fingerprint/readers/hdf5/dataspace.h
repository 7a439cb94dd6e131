// SPDX-License-Identifier: Apache-2.0
// The shape of a dataset. HDF5 File Format Specification 3.0, "IV.A.2.b. The Dataspace Message".
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

// nullopt: the dataset has no elements at all. One element has no dimensions. kLimit beyond kMaxDimensions.
Result<std::optional<std::vector<std::uint64_t>>> read_dataspace(Hdf5Cursor cursor);

}  // namespace modelward::fingerprint
