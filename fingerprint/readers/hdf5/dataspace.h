// SPDX-License-Identifier: Apache-2.0
// The shape of a dataset. HDF5 File Format Specification 3.0, "IV.A.2.b. The Dataspace Message".
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

struct Hdf5Dataspace {
    std::vector<std::uint64_t> shape;
    // What the dataset may grow to, in as many dimensions; kUnlimited: as far as it likes.
    std::vector<std::uint64_t> greatest;
};
inline constexpr std::uint64_t kUnlimited = ~std::uint64_t{0};

// nullopt: the dataset has no elements at all. One element has no dimensions. kLimit beyond kMaxDimensions.
Result<std::optional<Hdf5Dataspace>> read_dataspace(Hdf5Cursor cursor);

}  // namespace modelward::fingerprint
