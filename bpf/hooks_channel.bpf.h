/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading from a pipe or a unix socket taints after the read, not before: a reader may wait inside for bytes
 * that a tainted writer has yet to send, and the marks are there before the bytes are.
 */
#pragma once

#include "bpf/flow.bpf.h"

static __always_inline int after_pipe_read(struct kiocb* iocb, long result) {
    if (result <= 0) return 0;
    struct inode_key key = key_of(iocb->ki_filp->f_inode);
    flow_from_channel(&key);
    struct taint* taint = taint_of_current();
    if (taint && (taint->flags & kTaintProbe)) __sync_fetch_and_or(&taint->probe_seen, kProbePipe);
    return 0;
}

TRACE("fexit/pipe_read", pipe_read, struct kiocb* iocb, struct iov_iter* to, long result) {
    return after_pipe_read(iocb, result);
}

/* The same function's name since 6.15. */
TRACE("fexit/anon_pipe_read", anon_pipe_read, struct kiocb* iocb, struct iov_iter* to, long result) {
    return after_pipe_read(iocb, result);
}

static __always_inline int after_receive(struct socket* socket, int result) {
    if (result <= 0) return 0;
    struct inode_key key = socket_key((__u64)socket->sk);
    flow_from_channel(&key);
    return 0;
}

TRACE("fexit/unix_stream_recvmsg", unix_stream_recvmsg, struct socket* socket, struct msghdr* msg,
      unsigned long size, int flags, int result) {
    return after_receive(socket, result);
}

TRACE("fexit/unix_dgram_recvmsg", unix_dgram_recvmsg, struct socket* socket, struct msghdr* msg,
      unsigned long size, int flags, int result) {
    return after_receive(socket, result);
}

TRACE("fexit/unix_seqpacket_recvmsg", unix_seqpacket_recvmsg, struct socket* socket, struct msghdr* msg,
      unsigned long size, int flags, int result) {
    return after_receive(socket, result);
}

/* A socket is named by its address, which is used again: a new one starts without marks. */
static __always_inline void forget_socket(struct sock* sk) {
    struct inode_key key = socket_key((__u64)sk);
    bpf_map_delete_elem(&channels, &key);
    bpf_map_delete_elem(&flows, &key);
}

HOOK(socket_post_create, struct socket* socket, int family, int type, int protocol, int in_kernel) {
    if (family == kFamilyUnix && socket->sk) forget_socket(socket->sk);
    return 0;
}

HOOK(unix_stream_connect, struct sock* sk, struct sock* other, struct sock* fresh) {
    forget_socket(fresh);
    return 0;
}
