// SPDX-License-Identifier: Apache-2.0
// Writes all of the bytes to a descriptor, however often the kernel takes only some of them.
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"

namespace modelward {

// kIo; how much was written is unknown then.
Result<void> write_all(int fd, std::span<const std::uint8_t> bytes);

}  // namespace modelward
