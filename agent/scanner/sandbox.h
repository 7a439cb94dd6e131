// SPDX-License-Identifier: Apache-2.0
// Gives up everything that reading a hostile file does not need, for good: user, groups, capabilities, new
// privileges, memory, processor time, new descriptors beyond a few, file writes, and every system call
// outside a short list (no open, no socket, no exec, no clone, no executable memory). A call outside the list
// kills the process.
//
// To be called once, single-threaded, before the first foreign byte is read. On an error the caller must
// exit.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "base/error.h"

namespace modelward::agent {

struct SandboxLimits {
    std::uint64_t memory_bytes = 2ULL << 30;  // address space
    std::uint64_t cpu_seconds = 3600;         // of the process; the agent's time-out is for one file
};

struct SandboxUser {
    uid_t uid;
    gid_t gid;
};

// `user` is taken when the process is root; without it a root process is refused (kDenied).
Result<void> enter_sandbox(std::optional<SandboxUser> user, const SandboxLimits& limits);

}  // namespace modelward::agent
