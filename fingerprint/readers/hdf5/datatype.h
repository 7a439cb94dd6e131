// SPDX-License-Identifier: Apache-2.0
// How the elements of a dataset are stored. HDF5 File Format Specification 3.0, "IV.A.2.d. The Datatype
// Message".
#pragma once

#include <cstdint>
#include <optional>

#include "fingerprint/dtypes/dtype.h"
#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

struct Hdf5Type {
    std::optional<DType> dtype;  // null: elements of this type are no numbers that we know
    std::uint32_t bytes = 0;     // of an element
    bool is_big_endian = false;
    bool is_text = false;  // or a reference, or a date: nothing that was learnt
};

Result<Hdf5Type> read_datatype(Hdf5Cursor cursor);

}  // namespace modelward::fingerprint
