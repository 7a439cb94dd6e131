// SPDX-License-Identifier: Apache-2.0
// The name of an inode as stat(2) knows it. No program of this sensor sees inodes, so the kernel's own name
// is out of reach; on btrfs and overlay the device differs from the other sensors'.
#pragma once

#include <sys/stat.h>

#include <string>

#include "base/error.h"
#include "bpf/shared.h"

namespace modelward::agent {

// `fd` is open for reading. kInvalid: not a regular file.
Result<kernel::inode_key> file_key(int fd);

// The path of an open file, as this process sees it; or "".
std::string path_of(int fd);

}  // namespace modelward::agent
