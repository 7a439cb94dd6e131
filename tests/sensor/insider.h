// SPDX-License-Identifier: Apache-2.0
// Plays an insider: a forked child of the (exempt) test process does something and says what came of it.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <functional>

namespace modelward::testing {

// What `act` returned in the child (0 to 255, as an exit code carries it: 0 or an errno), or -1 if the child
// died.
inline int in_child(const std::function<int()>& act) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(act());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// 0 or errno, for calls that answer with -1.
template <typename T>
int outcome(T result) {
    return result < 0 ? errno : 0;
}

}  // namespace modelward::testing
