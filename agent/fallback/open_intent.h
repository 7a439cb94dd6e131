// SPDX-License-Identifier: Apache-2.0
// What a held open is for. fanotify does not say whether a file is opened for writing; the system call that
// the held thread waits in does.
#pragma once

#include <sys/types.h>

#include <string_view>

namespace modelward::agent {

enum class OpenIntent { kRead, kWrite, kUnknown };

// From the text of /proc/TID/syscall: the call's number and its arguments. Flags that lie in the caller's
// memory (openat2, io_uring) can change under the reader's eyes: unknown.
OpenIntent intent_of_call(std::string_view call);

OpenIntent intent_of(pid_t thread);

}  // namespace modelward::agent
