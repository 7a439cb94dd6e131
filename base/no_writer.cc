// SPDX-License-Identifier: Apache-2.0
#include "base/no_writer.h"

#include <fcntl.h>
#include <signal.h>

namespace modelward {

// The kernel grants a read lease only while nobody can write; it is given back at once, so it delays nobody.
// Who opens the file for writing in between has a signal sent to this process, SIGIO by itself, which ends
// one that does not expect it. SIGURG is ignored by itself.
bool has_no_writer(int fd) {
    if (::fcntl(fd, F_SETSIG, SIGURG) != 0 || ::fcntl(fd, F_SETLEASE, F_RDLCK) != 0) return false;
    ::fcntl(fd, F_SETLEASE, F_UNLCK);
    return true;
}

}  // namespace modelward
