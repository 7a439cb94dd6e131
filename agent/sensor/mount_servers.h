// SPDX-License-Identifier: Apache-2.0
// Which server a mounted network file system is on.
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "agent/sensor/mounts.h"
#include "bpf/shared.h"

namespace modelward::agent {

// By the superblock's device as the kernel numbers it. Only NFS, SMB and 9p name the address that they are
// connected to (their option addr=); FUSE could name anything.
std::map<std::uint32_t, kernel::server> servers_of(std::span<const Mount> mounts);

}  // namespace modelward::agent
