/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks on sockets: internet sockets are sinks, unix sockets are channels. */
#pragma once

#include "bpf/flow.bpf.h"
#include "bpf/network.bpf.h"

HOOK(socket_connect, struct socket* socket, struct sockaddr* address, int length) {
    struct taint* taint = taint_of_current();
    if (!is_judged(taint)) return 0;
    if (taint->flags & kTaintProbe) {
        __sync_fetch_and_or(&taint->probe_seen, kProbeConnect);
        return 0;
    }
    struct sock* sk = BPF_CORE_READ(socket, sk);
    if (!sk || !is_inet(BPF_CORE_READ(sk, __sk_common.skc_family))) return 0;
    return judge_connect(taint, sk, address, length);
}

/* A write(2) to a socket has passed file_permission, and was charged there, on kernels where that hook
 * judges. */
static __always_inline bool charged_before(struct msghdr* msg) {
    if (!sends_bypass_sendmsg()) return false;
    return bpf_core_field_exists(msg->msg_iocb) && BPF_CORE_READ(msg, msg_iocb);
}

HOOK(socket_sendmsg, struct socket* socket, struct msghdr* msg, int size) {
    struct taint* taint = taint_of_current();
    if (!is_judged(taint)) return 0;
    if (taint->flags & kTaintProbe) {
        __sync_fetch_and_or(&taint->probe_seen, kProbeSend);
        taint->probe_send_bytes += (__u32)size;
        return 0;
    }
    if (charged_before(msg)) return 0;
    struct sock* sk = BPF_CORE_READ(socket, sk);
    if (!sk) return 0;
    __u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
    if (is_inet(family)) return judge_send(taint, sk, family, msg, (__u32)size);
    if (family == kFamilyUnix) flow_to_peer(taint, sk, (__u32)size);
    return 0;
}
