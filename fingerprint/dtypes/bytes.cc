// SPDX-License-Identifier: Apache-2.0
// 8-bit integers. Their scale and zero point live elsewhere, and need not be known: sketches do not change
// under an affine map of the values.
#include "fingerprint/dtypes/decoders.h"

namespace modelward::fingerprint {

void decode_i8(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = static_cast<float>(static_cast<std::int8_t>(bytes[i]));
}

void decode_u8(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = static_cast<float>(bytes[i]);
}

}  // namespace modelward::fingerprint
