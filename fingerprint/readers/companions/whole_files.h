// SPDX-License-Identifier: Apache-2.0
// Joined files of which each is a model file of its own, as shards are.
#pragma once

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// The tables of all companions, and of the header if it is one too, in one. A file that is broken as a whole
// is a defect, and the others count. The format is that of the first.
Result<TensorTable> read_whole_files(const ByteSource& source, bool header_too);

}  // namespace modelward::fingerprint
