// SPDX-License-Identifier: Apache-2.0
// The tensors that a pickle of PyTorch describes. A storage is a persistent identity ('storage', type, key,
// device, count); a tensor is whatever is made of (storage, offset, sizes, strides, ...): the function that
// is to make it (torch._utils._rebuild_tensor_v2 and a dozen of others, or the attacker's own) is not asked
// for. The functions' arguments are documented by their code: torch/_utils.py.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fingerprint/dtypes/dtype.h"
#include "fingerprint/readers/pickle/pickle_value.h"

namespace modelward::fingerprint {

struct TorchStorage {
    std::string key;
    std::string type;            // "torch.FloatStorage"
    std::optional<DType> dtype;  // of that type; null when it is unknown
    std::uint64_t elements;      // bytes when the storage is untyped
    std::uint64_t first = 0;     // elements that are to be left out in front (files before 0.4)
};

struct TorchView {
    std::string name;  // empty when none is known
    TorchStorage storage;
    std::optional<DType> dtype;
    std::uint64_t offset;  // in elements, as all of the following
    std::vector<std::uint64_t> sizes;
    std::vector<std::uint64_t> strides;
};

struct TorchTensors {
    std::vector<TorchView> views;        // the first kMaxTensors + 1
    std::vector<TorchStorage> storages;  // each key once
};

TorchTensors find_torch_tensors(const Pickle& pickle);

// "torch.float16" or "torch.HalfStorage"
std::optional<DType> torch_dtype(std::string_view name);

}  // namespace modelward::fingerprint
