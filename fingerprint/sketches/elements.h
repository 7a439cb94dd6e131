// SPDX-License-Identifier: Apache-2.0
// Any elements of a tensor as floats.
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// Fills `into` with the elements from `first` on, in storage order; those of a packed matrix row by row. The
// tensor has a decodable type; the elements lie in it. Where they begin or end inside a block of a quantised
// type, the whole block is read.
Result<void> read_elements(const ByteSource& source, const Tensor& tensor, std::uint64_t first,
                           std::span<float> into);

}  // namespace modelward::fingerprint
