// SPDX-License-Identifier: Apache-2.0
// The kernel's random identifier of the running boot.
#pragma once

#include <string>

#include "base/error.h"
#include "wire/secret_file.h"

namespace modelward::agent {

inline Result<std::string> boot_id() {
    return wire::read_small_file("/proc/sys/kernel/random/boot_id", 64);
}

}  // namespace modelward::agent
