// SPDX-License-Identifier: Apache-2.0
// Where the elements of a strided view lie in its storage.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "fingerprint/readers/torch/torch_views.h"

namespace modelward::fingerprint {

struct TorchLayout {
    std::uint64_t first;               // element of the storage
    std::vector<std::uint64_t> shape;  // in the order of the storage, outermost first
    bool is_view;                      // the elements are just those of the view
};

// A dense view, contiguous or transposed, gives its own elements with its dimensions in the order in which
// they lie in the storage. Any other (a column, an expanded or overlapping view) gives the whole storage, as
// rows of the view's greatest stride: the tensor that it was taken from is probably that. nullopt when the
// view goes beyond its storage of `storage_elements`.
std::optional<TorchLayout> lay_out(const TorchView& view, std::uint64_t storage_elements);

}  // namespace modelward::fingerprint
