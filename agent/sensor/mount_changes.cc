// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/mount_changes.h"

#include <fcntl.h>
#include <poll.h>

namespace modelward::agent {

MountChanges::MountChanges() : mounts_(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)) {}

// The list of mounts is always readable, and has an exceptional condition (proc(5)) once for each change.
bool MountChanges::happened() {
    pollfd changes{mounts_.get(), POLLPRI, 0};
    const bool quiet = mounts_ && ::poll(&changes, 1, 0) >= 0 && (changes.revents & (POLLPRI | POLLERR)) == 0;
    const bool first = !asked_;
    asked_ = true;
    return first || !quiet;
}

}  // namespace modelward::agent
