// SPDX-License-Identifier: Apache-2.0
// How the elements of a tensor are stored that do not lie in one piece and in the order of its shape. One
// pointer of a Tensor, since a table may have 2^18 of them.
#pragma once

#include <memory>
#include <utility>
#include <variant>

#include "fingerprint/readers/chunked_data.h"
#include "fingerprint/readers/packed_matrix.h"

namespace modelward::fingerprint {

struct ElementLayout {
    std::variant<PackedMatrix, ChunkedData> kind;
};

template <typename Kind>
std::shared_ptr<const ElementLayout> element_layout(Kind kind) {
    return std::make_shared<const ElementLayout>(ElementLayout{std::move(kind)});
}

}  // namespace modelward::fingerprint
