// SPDX-License-Identifier: Apache-2.0
// What was done to the chunks of a dataset before they were stored.
// HDF5 File Format Specification 3.0, "IV.A.2.l. The Data Storage - Filter Pipeline Message".
#pragma once

#include <vector>

#include "fingerprint/readers/chunked_data.h"
#include "fingerprint/readers/hdf5/hdf5_file.h"

namespace modelward::fingerprint {

// kUnsupported names the first filter that is not read.
Result<std::vector<ChunkFilter>> read_filter_pipeline(Hdf5Cursor cursor);

}  // namespace modelward::fingerprint
