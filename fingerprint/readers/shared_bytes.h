// SPDX-License-Identifier: Apache-2.0
// Tables of formats in which tensors may share bytes and names: tied weights, views of one storage, members
// that are there twice.
#pragma once

#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// Makes the table keep its promise for a file of `file_bytes`, then settles it: of tensors that share bytes
// the one that says most stays (more than one dimension first, then the most elements; the first of equals);
// names that are there twice get a number; data_start becomes the first tensor's offset.
Result<void> settle_shared(TensorTable& table, std::uint64_t file_bytes);

}  // namespace modelward::fingerprint
