// SPDX-License-Identifier: Apache-2.0
// Channels for an insider's child, which take a megabyte without a reader.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace modelward::testing {

struct Channel {
    int read = -1, write = -1;
};

inline Channel large_pipe() {
    int ends[2];
    if (::pipe(ends) != 0) ::_exit(210);
    ::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    return {ends[0], ends[1]};
}

inline Channel large_socket_pair() {
    int ends[2], room = 1 << 20;
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) ::_exit(211);
    ::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    return {ends[0], ends[1]};
}

}  // namespace modelward::testing
