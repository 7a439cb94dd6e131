// SPDX-License-Identifier: Apache-2.0
// Elements of tensors whose scales lie apart from their codes, row by row.
#pragma once

#include "fingerprint/sketches/elements.h"

namespace modelward::fingerprint {

// As read_elements(), of a tensor that is packed. The codes alone would not do: where the zeros of groups and
// columns differ, rows of codes are as far from the weights' as those of another model.
Result<void> read_packed_elements(const ByteSource& source, const Tensor& tensor, std::uint64_t first,
                                  std::span<float> into);

}  // namespace modelward::fingerprint
