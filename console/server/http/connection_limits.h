// SPDX-License-Identifier: Apache-2.0
// How many connections the ports may have open: whatever floods them, descriptors stay for what the console
// needs itself, its databases above all.
#pragma once

#include <cstdint>

namespace modelward::console {

struct ConnectionLimits {
    int people = 0;
    int agents = 0;
};

// For a process that may have `descriptors` files open.
ConnectionLimits connection_limits(std::uint64_t descriptors);

std::uint64_t descriptor_limit();  // of this process

}  // namespace modelward::console
