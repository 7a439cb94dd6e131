/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks on sockets: internet sockets are sinks, unix sockets are channels. */
#pragma once

#include "bpf/send.bpf.h"

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

HOOK(socket_sendmsg, struct socket* socket, struct msghdr* msg, int size) {
    struct taint* taint = taint_of_current();
    if (!is_judged(taint)) return 0;
    if (taint->flags & kTaintProbe) {
        __sync_fetch_and_or(&taint->probe_seen, kProbeSend);
        taint->probe_send_bytes += (__u32)size;
        return 0;
    }
    struct sock* sk = BPF_CORE_READ(socket, sk);
    return sk ? send_to_socket(taint, socket, sk, msg, (__u32)size) : 0;
}
