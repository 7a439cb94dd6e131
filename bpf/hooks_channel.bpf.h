/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading from a pipe or a unix socket taints after the read, not before: a reader may wait inside for bytes
 * that a tainted writer has yet to send, and the marks are there before the bytes are.
 */
#pragma once

#include "bpf/descriptor.bpf.h"
#include "bpf/flow.bpf.h"

static __always_inline int after_pipe_read(struct kiocb* iocb, long result) {
    if (result <= 0) return 0;
    struct inode_key key = pipe_key(pipe_of(iocb->ki_filp));
    flow_from_channel(&key);
    note_probe(taint_of_current(), kProbePipe);
    return 0;
}

TRACE("fexit/pipe_read", pipe_read, struct kiocb* iocb, struct iov_iter* to, long result) {
    return after_pipe_read(iocb, result);
}

/* The same function's name since 6.15. */
TRACE("fexit/anon_pipe_read", anon_pipe_read, struct kiocb* iocb, struct iov_iter* to, long result) {
    return after_pipe_read(iocb, result);
}

/* A file's or socket's pages are put into a pipe (splice, sendfile): no hook asks about the pipe. */
TRACE("fexit/splice_file_to_pipe", splice_into_pipe, struct file* in, void* pipe, void* offset,
      unsigned long length, unsigned int flags, long result) {
    struct taint* taint = taint_of_current();
    if (result <= 0 || !is_judged_sharer(taint) || (taint->flags & kTaintProbe)) return 0;
    struct inode_key key = pipe_key((__u64)pipe);
    flow_into_channel(taint, &key, result);
    return 0;
}

static __always_inline bool is_pipe(struct file* file) {
    return type_of(file->f_inode) == kModeFifo;
}

/* Whoever moves a pipe's bytes on carries its marks, before it is asked where to. */
TRACE("fentry/do_splice", splice_begin, struct file* in) {
    if (!is_pipe(in)) return 0;
    struct inode_key key = pipe_key(pipe_of(in));
    flow_from_channel(&key);
    return 0;
}

/* The same for a pipe that was empty then. What a tainted writer puts into it while the splice is waiting is
 * followed from here on; before 6.5 what this one call moves to a socket is not judged. */
TRACE("fexit/pipe_wait_readable", splice_waited, void* pipe) {
    struct inode_key key = pipe_key((__u64)pipe);
    flow_from_channel(&key);
    return 0;
}

/* vmsplice passes no hook: it is judged at its entry, by a count that no pipe can exceed. */
static __always_inline int before_vmsplice(int descriptor) {
    struct file* file = file_of_descriptor(descriptor);
    if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & kModeMask) != kModeFifo) return 0;
    struct inode_key key = pipe_key((__u64)BPF_CORE_READ(file, private_data));
    if (!(BPF_CORE_READ(file, f_mode) & kFmodeWrite)) {
        flow_from_channel(&key);
        return 0;
    }
    struct taint* taint = taint_of_current();
    if (is_judged_sharer(taint) && !(taint->flags & kTaintProbe))
        flow_into_channel(taint, &key, MODELWARD_UNKNOWN_COUNT);
    return 0;
}

#if defined(__TARGET_ARCH_x86)
TRACE("fentry/__x64_sys_vmsplice", vmsplice_begin, const struct pt_regs___x86* registers) {
    return before_vmsplice(BPF_CORE_READ(registers, di));
}
#elif defined(__TARGET_ARCH_arm64)
TRACE("fentry/__arm64_sys_vmsplice", vmsplice_begin, const struct pt_regs___arm64* registers) {
    return before_vmsplice(BPF_CORE_READ(registers, regs[0]));
}
#endif

static __always_inline void flow_between_pipes(struct file* in, struct file* out, long result) {
    if (result <= 0 || !is_pipe(in) || !is_pipe(out)) return;
    struct inode_key from = pipe_key(pipe_of(in)), to = pipe_key(pipe_of(out));
    flow_from_channel(&from);
    struct taint* taint = taint_of_current();
    if (is_judged_sharer(taint) && !(taint->flags & kTaintProbe)) flow_into_channel(taint, &to, result);
}

TRACE("fexit/do_splice", splice_end, struct file* in, void* in_position, struct file* out, void* out_position,
      unsigned long length, unsigned int flags, long result) {
    flow_between_pipes(in, out, result);
    return 0;
}

TRACE("fexit/do_tee", tee_end, struct file* in, struct file* out, unsigned long length, unsigned int flags,
      long result) {
    flow_between_pipes(in, out, result);
    return 0;
}

/* A pipe is named by its address, which is used again. */
TRACE("fentry/free_pipe_info", pipe_gone, void* pipe) {
    struct inode_key key = pipe_key((__u64)pipe);
    bpf_map_delete_elem(&channels, &key);
    bpf_map_delete_elem(&flows, &key);
    return 0;
}

static __always_inline int after_receive(struct socket* socket, long result, __u32 probe) {
    if (result <= 0) return 0;
    struct inode_key key = socket_key((__u64)socket->sk);
    flow_from_channel(&key);
    note_probe(taint_of_current(), probe);
    return 0;
}

TRACE("fexit/unix_stream_recvmsg", unix_stream_recvmsg, struct socket* socket, struct msghdr* msg,
      unsigned long size, int flags, int result) {
    return after_receive(socket, result, kProbeStream);
}

TRACE("fexit/unix_dgram_recvmsg", unix_dgram_recvmsg, struct socket* socket, struct msghdr* msg,
      unsigned long size, int flags, int result) {
    return after_receive(socket, result, kProbeDatagram);
}

TRACE("fexit/unix_seqpacket_recvmsg", unix_seqpacket_recvmsg, struct socket* socket, struct msghdr* msg,
      unsigned long size, int flags, int result) {
    return after_receive(socket, result, 0);
}

TRACE("fexit/unix_stream_splice_read", unix_stream_spliced, struct socket* socket, void* position, void* pipe,
      unsigned long size, unsigned int flags, long result) {
    return after_receive(socket, result, 0);
}

/* A socket is named by its address, which is used again: its marks go with it, and a new one starts without
 * any whatever was missed. */
static __always_inline void forget_socket(struct sock* sk) {
    struct inode_key key = socket_key((__u64)sk);
    bpf_map_delete_elem(&channels, &key);
    bpf_map_delete_elem(&flows, &key);
}

TRACE("fentry/security_sk_free", socket_gone, struct sock* sk) {
    if (sk->__sk_common.skc_family == kFamilyUnix) forget_socket(sk);
    return 0;
}

HOOK(socket_post_create, struct socket* socket, int family, int type, int protocol, int in_kernel) {
    if (family == kFamilyUnix && socket->sk) forget_socket(socket->sk);
    return 0;
}

HOOK(unix_stream_connect, struct sock* sk, struct sock* other, struct sock* fresh) {
    forget_socket(fresh);
    return 0;
}
