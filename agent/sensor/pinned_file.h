// SPDX-License-Identifier: Apache-2.0
// Whether a file's time of change can be relied on to tell that its content is another.
//
// A writer that had the file open (or mapped shared, and a page of it dirty) before it was read can store
// into it later, with the time of change staying what it was. So nobody may have it open for writing when the
// reading begins. Whoever opens it later changes the time with the first byte, on file systems that see the
// first store through each mapping. tmpfs does not (a page that was read is writable without a fault); an
// overlay's own inode does not know of mappings, and what FUSE and network servers show is theirs to change.
// Pins are refused there.
#pragma once

#include <sys/stat.h>

#include <cstdint>

#include "base/error.h"

namespace modelward::agent {

// Of a descriptor that is open for reading only, before its content is read and after its times were.
Result<void> tells_of_changes(int fd);

// Times of change are as coarse as the kernel's tick: a change within the one in which `changed_ns` was,
// shows in no time. 0 billionths: a file system that counts seconds.
bool is_settled(std::int64_t changed_ns, std::int64_t now_ns);

}  // namespace modelward::agent
