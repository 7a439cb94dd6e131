// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace modelward::agent {

inline constexpr std::uint64_t kMaxPinnedBytes = 1ULL << 30;

// SHA-256 of what is behind the descriptor, in lower-case hex. kLimit beyond kMaxPinnedBytes: whoever asks
// waits.
Result<std::string> sha256_of_file(int fd);

}  // namespace modelward::agent
