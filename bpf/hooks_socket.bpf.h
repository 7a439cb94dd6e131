/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks on sockets: unix sockets are channels, all others that leave the host are sinks. */
#pragma once

#include "bpf/send.bpf.h"

HOOK(socket_connect, struct socket* socket, struct sockaddr* address, int length) {
    struct taint* taint = taint_of_current();
    if (!is_judged_sharer(taint)) return 0;
    if (taint->flags & kTaintProbe) {
        __sync_fetch_and_or(&taint->probe_seen, kProbeConnect);
        return 0;
    }
    struct sock* sk = BPF_CORE_READ(socket, sk);
    if (!sk) return 0;
    __u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
    if (is_inet(family)) return judge_connect(taint, sk, address, length);
    return stays_on_host(family) ? 0 : judge_family(taint, family, kOperationConnect, 0);
}

/* An XDP socket that is bound may send from its shared memory without another call. */
HOOK(socket_bind, struct socket* socket, struct sockaddr* address, int length) {
    struct taint* taint = taint_of_current();
    if (!is_judged_sharer(taint) || (taint->flags & kTaintProbe)) return 0;
    if (BPF_CORE_READ(socket, sk, __sk_common.skc_family) != kFamilyXdp) return 0;
    return judge_family(taint, kFamilyXdp, kOperationSend, MODELWARD_UNKNOWN_COUNT);
}

HOOK(socket_sendmsg, struct socket* socket, struct msghdr* msg, int size) {
    struct taint* taint = taint_of_current();
    if (!is_judged_sharer(taint)) return 0;
    if (taint->flags & kTaintProbe) {
        __sync_fetch_and_or(&taint->probe_seen, kProbeSend);
        taint->probe_send_bytes += (__u32)size;
        return 0;
    }
    struct sock* sk = BPF_CORE_READ(socket, sk);
    return sk ? send_to_socket(taint, socket, sk, msg, bytes_of_call(sk, msg, (__u32)size)) : 0;
}
