// SPDX-License-Identifier: Apache-2.0
// Wall-clock time as the console stores and shows it: Unix milliseconds.
#pragma once

#include <chrono>
#include <cstdint>

namespace modelward::console {

inline std::int64_t unix_ms_now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace modelward::console
