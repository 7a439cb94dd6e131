// SPDX-License-Identifier: Apache-2.0
// Makes the tensors of a table from what a pickle of PyTorch describes and from where its storages lie.
#pragma once

#include <functional>

#include "fingerprint/readers/tensor_table.h"
#include "fingerprint/readers/torch/torch_views.h"

namespace modelward::fingerprint {

// The bytes of the file that hold a storage.
struct StorageBytes {
    std::uint64_t offset;
    std::uint64_t bytes;
};

// All places of the storage with this key: none when it is not in the file, several when an archive has
// several members of one name (a loader could take any).
using FindStorage = std::function<std::vector<StorageBytes>(const std::string& key)>;

// Adds the tensors that are sound and notes what is wrong. Names may be there twice and tensors may overlap:
// settle_shared() comes after. A storage of which no view could be made is listed by itself.
void add_torch_tensors(TensorTable& table, const TorchTensors& found, const FindStorage& find_storage);

}  // namespace modelward::fingerprint
