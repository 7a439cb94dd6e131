// SPDX-License-Identifier: Apache-2.0
// Elements of what bitsandbytes quantised (readers/bitsandbytes.h).
#pragma once

#include "fingerprint/sketches/elements.h"

namespace modelward::fingerprint {

// As read_elements(), of a tensor that has block_scales().
Result<void> read_block_scaled(const ByteSource& source, const Tensor& tensor, std::uint64_t first,
                               std::span<float> into);

// As read_elements(), of a tensor that has row_scales().
Result<void> read_row_scaled(const ByteSource& source, const Tensor& tensor, std::uint64_t first,
                             std::span<float> into);

}  // namespace modelward::fingerprint
