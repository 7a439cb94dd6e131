/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes of a tainted process go into a socket: judged and charged once, on whichever hook they come. */
#pragma once

#include "bpf/connection.bpf.h"
#include "bpf/count.bpf.h"
#include "bpf/families.bpf.h"
#include "bpf/network.bpf.h"

/* What a UDP datagram can hold at most, and how many messages one sendmmsg takes. */
enum { kDatagramBytes = 1 << 16, kMostMessages = 1024 };

/* From 6.5 on every byte for a socket passes socket_sendmsg; before, sendfile and splice pass file_permission
 * only, and a write(2) passes both. */
static __always_inline bool sends_bypass_sendmsg(void) {
    return bpf_core_field_exists(((struct proto_ops___sendpage*)0)->sendpage);
}

/* file_permission has let these bytes through: the socket_sendmsg that follows need not charge them again. */
static __always_inline void note_paid(const struct taint* taint, struct socket* socket,
                                      const struct destination* to, __u64 bytes) {
    struct pending_write* pending = pending_of_thread(BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!pending) return;
    pending->paid.file = (__u64)BPF_CORE_READ(socket, file);
    pending->paid.bytes = bytes;
    pending->paid.port = to->port;
    __builtin_memcpy(pending->paid.address, to->address, sizeof(pending->paid.address));
    pending->paid.marks = taint->marks;
}

/* A note that was left over holds only for what was judged: the same socket, the same destination, nothing
 * more in marks or bytes. */
static __always_inline bool take_paid(const struct taint* taint, struct socket* socket,
                                      const struct destination* to, __u64 bytes) {
    if (!sends_bypass_sendmsg()) return false;
    struct pending_write* pending = pending_of_thread(0);
    if (!pending || !pending->paid.bytes || bytes > pending->paid.bytes) return false;
    if (pending->paid.file != (__u64)BPF_CORE_READ(socket, file)) return false;
    struct destination paid = {.port = pending->paid.port};
    __builtin_memcpy(paid.address, pending->paid.address, sizeof(paid.address));
    if (!is_same_destination(&paid, to) || !marks_cover(&pending->paid.marks, &taint->marks)) return false;
    pending->paid.bytes -= bytes;
    return true;
}

/* A splice passes no socket_sendmsg: what it paid is used up. */
TRACE("fexit/generic_splice_sendpage", sendpage_end, void* pipe, struct file* out) {
    struct pending_write* pending = pending_of_thread(0);
    if (pending) pending->paid.bytes = 0;
    return 0;
}

enum { kDomainPort = 53 };

/* A resolver on this host passes questions on to servers outside, for everybody. What a tainted process asks
 * it is judged as sent to where nobody knows; it does not taint the resolver, or names would end for the
 * whole host as soon as tainted processes have asked for a thousand of them. */
static __always_inline bool pass_on(struct destination* to) {
    if (to->port != kDomainPort || !is_loopback(to)) return false;
    forget_destination(to);
    to->port = kDomainPort;
    return true;
}

static __always_inline bool is_corked(struct sock* sk, struct msghdr* msg) {
    if (msg && (BPF_CORE_READ(msg, msg_flags) & kMessageMore)) return true;
    if (bpf_core_field_exists(struct udp_sock, udp_flags))
        return BPF_CORE_READ((struct udp_sock*)sk, udp_flags) & kUdpFlagCork;
    return BPF_CORE_READ((struct udp_sock___old*)sk, corkflag);
}

/*
 * Which datagram a part becomes part of is settled after this, under the socket's lock, and other threads may
 * begin or end one in between. So whoever begins one pays for all it can hold, and a part pays for both its
 * own destination and that of the datagram it seems to join.
 */
static __always_inline int judge_send(const struct taint* taint, struct socket* socket, struct sock* sk,
                                      __u16 family, struct msghdr* msg, __u64 bytes) {
    struct destination to = {}, joined = {};
    destination_of_message(&to, sk, family, msg);
    if (is_raw(sk)) forget_destination(&to);
    bool udp = is_udp(sk);
    bool passed_on = pass_on(&to);
    bool joins = udp && destination_of_cork(&joined, sk);
    if (joins) passed_on = pass_on(&joined);
    if (msg && !joins && take_paid(taint, socket, &to, bytes)) return 0;
    __u64 charge = udp && bytes < kDatagramBytes && is_corked(sk, msg) ? kDatagramBytes : bytes;
    int refused = judge_network(taint, sk, &to, kOperationSend, charge);
    if (!refused && joins && !is_same_destination(&to, &joined))
        refused = judge_network(taint, sk, &joined, kOperationSend, bytes);
    if (!refused && !msg) note_paid(taint, socket, &to, bytes);
    if (refused || passed_on || is_broken_off(sk, msg)) return refused;
    flow_to_connection(taint, sk, family, joins ? &joined : &to, bytes);
    return 0;
}

/* A unix datagram to a name: the kernel looks the receiver up after this, and asks unix_may_send. */
static __always_inline bool note_named(struct sock* sk, struct msghdr* msg, __u64 bytes) {
    if (!msg || BPF_CORE_READ(sk, sk_type) != kSocketDatagram) return false;
    bool named = BPF_CORE_READ(msg, msg_name) && BPF_CORE_READ(msg, msg_namelen);
    struct pending_write* pending = pending_of_thread(named ? BPF_LOCAL_STORAGE_GET_F_CREATE : 0);
    if (!pending) return false;
    pending->named_socket = named ? (__u64)sk : 0;
    pending->named_bytes = bytes;
    return named;
}

HOOK(unix_may_send, struct socket* socket, struct socket* other) {
    struct pending_write* pending = pending_of_thread(0);
    if (!pending || !pending->named_socket || pending->named_socket != (__u64)BPF_CORE_READ(socket, sk))
        return 0;
    pending->named_socket = 0;
    struct taint* taint = taint_of_current();
    struct sock* receiver = BPF_CORE_READ(other, sk);
    return is_judged_sharer(taint) && receiver ? flow_to_unix(taint, receiver, pending->named_bytes) : 0;
}

/*
 * sendmmsg asks about the first of its messages, and of the others only those that name another address than
 * the one before. So the first that names one pays for what all could hold; a stream, for any size.
 */
TRACE("fentry/__sys_sendmmsg", many_begin, int descriptor, void* messages, unsigned int count) {
    if (!is_judged_sharer(taint_of_current())) return 0;
    struct pending_write* pending = pending_of_thread(BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (pending) pending->messages = count < kMostMessages ? count : kMostMessages;
    return 0;
}

TRACE("fexit/__sys_sendmmsg", many_end, int descriptor) {
    struct pending_write* pending = pending_of_thread(0);
    if (pending) pending->messages = 0;
    return 0;
}

static __always_inline __u64 bytes_of_call(struct sock* sk, struct msghdr* msg, __u64 bytes) {
    if (!BPF_CORE_READ(msg, msg_name)) return bytes;
    struct pending_write* pending = pending_of_thread(0);
    if (!pending || pending->messages < 2) return bytes;
    return is_udp(sk) || is_raw(sk) ? pending->messages * kDatagramBytes : MODELWARD_MAX_BUDGET;
}

static __always_inline int flow_to_socket(const struct taint* taint, struct socket* socket, struct sock* sk,
                                          struct msghdr* msg, __u64 bytes) {
    struct destination to = {.port = (__u64)BPF_CORE_READ((struct unix_sock*)sk, peer)};
    if (note_named(sk, msg, bytes)) return 0;
    if (msg && take_paid(taint, socket, &to, bytes)) return 0;
    int refused = flow_to_peer(taint, sk, bytes);
    if (!refused && !msg) note_paid(taint, socket, &to, bytes);
    return refused;
}

/* `msg` is null on file_permission. */
static __always_inline int send_to_socket(const struct taint* taint, struct socket* socket, struct sock* sk,
                                          struct msghdr* msg, __u64 bytes) {
    __u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
    if (is_inet(family)) return judge_send(taint, socket, sk, family, msg, bytes);
    if (family == kFamilyUnix) return flow_to_socket(taint, socket, sk, msg, bytes);
    if (stays_on_host(family)) return 0;
    return judge_family(taint, family, kOperationSend, bytes_of_kick(family, bytes));
}
