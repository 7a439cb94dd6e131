/* SPDX-License-Identifier: GPL-2.0-only */
/* Receiving over IP, after the bytes have come: see hooks_channel.bpf.h. While no connection of this host
 * carries marks, one look at an array is all. */
#pragma once

#include "bpf/connection.bpf.h"

static __always_inline int after_inet_receive(struct socket* socket, long result) {
    if (result > 0 && some_connection_carries_marks()) flow_from_connection(BPF_CORE_READ(socket, sk));
    return 0;
}

TRACE("fexit/inet_recvmsg", inet_recvmsg, struct socket* socket, struct msghdr* msg, unsigned long size,
      int flags, int result) {
    return after_inet_receive(socket, result);
}

TRACE("fexit/inet6_recvmsg", inet6_recvmsg, struct socket* socket, struct msghdr* msg, unsigned long size,
      int flags, int result) {
    return after_inet_receive(socket, result);
}

TRACE("fexit/tcp_splice_read", tcp_splice_read, struct socket* socket, void* position, void* pipe,
      unsigned long length, unsigned int flags, long result) {
    return after_inet_receive(socket, result);
}
