// SPDX-License-Identifier: Apache-2.0
// Which server a mounted network file system is on, from /proc/PID/mountinfo.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>

#include "bpf/shared.h"

namespace modelward::agent {

// By the superblock's device as the kernel numbers it. Only NFS, SMB and 9p name the address that they are
// connected to (their option addr=); FUSE could name anything.
std::map<std::uint32_t, kernel::server> servers_of(std::istream& mountinfo);

}  // namespace modelward::agent
