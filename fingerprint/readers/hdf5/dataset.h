// SPDX-License-Identifier: Apache-2.0
// A dataset as a tensor of the table.
#pragma once

#include <string>
#include <vector>

#include "fingerprint/readers/hdf5/chunk_index.h"
#include "fingerprint/readers/hdf5/object_header.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// Whether an object with these messages is a dataset; else it is a group, or a type.
bool is_dataset(const std::vector<Hdf5Message>& messages);

// Adds the tensor. Texts and datasets to which nothing was written are left out; an Error says why another
// cannot be used.
Result<void> add_dataset(Hdf5File& file, const std::vector<Hdf5Message>& messages, const std::string& name,
                         Hdf5ChunkAllowance& allowance, TensorTable& table);

}  // namespace modelward::fingerprint
