// SPDX-License-Identifier: Apache-2.0
// Builds files as torch.save writes them, with a state dict inside; and the parts of their pickles.
#pragma once

#include "fingerprint/testing/model_files.h"
#include "fingerprint/testing/pickle_writer.h"
#include "fingerprint/testing/zip_writer.h"

namespace modelward::fingerprint::testing {

struct TorchStorageSpec {
    std::string type;  // "FloatStorage"
    std::string key;
    std::uint64_t elements;
};

struct TorchViewSpec {
    std::uint64_t offset = 0;
    std::vector<std::uint64_t> sizes;
    std::vector<std::uint64_t> strides;
};

std::vector<std::uint64_t> contiguous_strides(const std::vector<std::uint64_t>& sizes);
// The name of the storage class for a type as safetensors names it.
std::string storage_type(const std::string& dtype);

// Pushes the persistent identity of a storage, or a whole tensor made of one.
void push_storage(PickleWriter& writer, const TorchStorageSpec& storage);
void push_tensor(PickleWriter& writer, const TorchStorageSpec& storage, const TorchViewSpec& view);
// An ordered dict of name and tensor; tensor i is storage i.
Bytes state_dict_pickle(const std::vector<StoredTensor>& tensors);

// archive/data.pkl, archive/data/0 ..., archive/version; with sizes behind the data, as PyTorch writes them.
ZipWriter torch_zip(const std::vector<StoredTensor>& tensors);
Bytes torch_legacy_file(const std::vector<StoredTensor>& tensors, bool little_endian = true);

}  // namespace modelward::fingerprint::testing
