// SPDX-License-Identifier: Apache-2.0
// How the elements of a tensor are stored that do not lie in one piece and in the order of its shape. One
// pointer of a Tensor, since a table may have 2^18 of them.
#pragma once

#include <memory>
#include <utility>
#include <variant>

#include "fingerprint/readers/bitsandbytes.h"
#include "fingerprint/readers/chunked_data.h"
#include "fingerprint/readers/packed_matrix.h"

namespace modelward::fingerprint {

struct ElementLayout {
    std::variant<PackedMatrix, BlockScales, RowScales, ChunkedData> kind;
};

template <typename Kind>
std::shared_ptr<const ElementLayout> element_layout(Kind kind) {
    return std::make_shared<const ElementLayout>(ElementLayout{std::move(kind)});
}

// The same tensor, and what it is read with, in a file that has `bytes` more in front. (Chunks are
// counted from the tensor's offset.)
void shift(Tensor& tensor, std::uint64_t bytes);

}  // namespace modelward::fingerprint
