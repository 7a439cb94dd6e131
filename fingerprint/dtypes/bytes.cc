// SPDX-License-Identifier: Apache-2.0
// Integers of 8 bits and less. Where one scale and zero point belong to all of them these need not be known:
// sketches do not change under an affine map of the values.
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

// The lowest bits of a byte are its first element.
void decode_u4(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = static_cast<float>(bytes[i / 2] >> (4 * (i % 2)) & 0xF);
}

void decode_u2(BlockBytes bytes, Floats into) {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = static_cast<float>(bytes[i / 4] >> (2 * (i % 4)) & 3);
}

}  // namespace modelward::fingerprint
