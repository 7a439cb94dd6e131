// SPDX-License-Identifier: Apache-2.0
// LZF, h5py's own compression. There is no header: literals and copies of what came before follow each other.
// A control byte below 32 is followed by one literal more than it says; another has in its upper three bits a
// length, less two (7: the next byte is added), and in its lower five bits and the next byte how far back the
// copy begins, less one. http://oldhome.schmorp.de/marc/liblzf.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"

namespace modelward::fingerprint {

// Gives how many bytes of `into` were filled. kInvalid: broken, or more than fits.
Result<std::size_t> decode_lzf(std::span<const std::uint8_t> encoded, std::span<std::uint8_t> into);

}  // namespace modelward::fingerprint
