/* SPDX-License-Identifier: GPL-2.0-only */
/* Network sinks: IPv4 and IPv6 sockets. IPv4 is written v4-mapped (::ffff:a.b.c.d), as the destination lists
 * are. */
#pragma once

#include "bpf/event.bpf.h"
#include "bpf/taint.bpf.h"

/* sockaddr_in and sockaddr_in6 begin alike: family, port; then the address at 4 or at 8. */
enum { kInetLength = 16, kInet6Length = 28, kInetAddressAt = 4, kInet6AddressAt = 8, kPortAt = 2 };

/* From 6.5 on every byte for a socket passes socket_sendmsg; before, sendfile and splice pass file_permission
 * only. */
static __always_inline bool sends_bypass_sendmsg(void) {
    return bpf_core_field_exists(((struct proto_ops___sendpage*)0)->sendpage);
}

static __always_inline void map_v4(__u8 address[16], __be32 v4) {
    address[10] = 0xff;
    address[11] = 0xff;
    __builtin_memcpy(address + 12, &v4, sizeof(v4));
}

static __always_inline bool is_inet(__u16 family) {
    return family == kFamilyInet || family == kFamilyInet6;
}

/* The kernel's copy of a socket address. False: not an internet address. */
static __always_inline bool destination_from_name(struct question* question, const void* name, int length) {
    __u16 family = 0;
    __be16 port = 0;
    bpf_probe_read_kernel(&family, sizeof(family), name);
    bpf_probe_read_kernel(&port, sizeof(port), name + kPortAt);
    question->port = bpf_ntohs(port);
    if (family == kFamilyInet6 && length >= kInet6Length - 4) { /* the scope id may be left out */
        bpf_probe_read_kernel(question->address, 16, name + kInet6AddressAt);
        return true;
    }
    /* UDP takes an unspecified family for IPv4. */
    if ((family == kFamilyInet || family == kFamilyUnspecified) && length >= kInetLength) {
        __be32 v4 = 0;
        bpf_probe_read_kernel(&v4, sizeof(v4), name + kInetAddressAt);
        map_v4(question->address, v4);
        return true;
    }
    return false;
}

static __always_inline void destination_from_peer(struct question* question, struct sock* sk, __u16 family) {
    question->port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
    if (family == kFamilyInet6)
        bpf_probe_read_kernel(question->address, 16,
                              (void*)sk + bpf_core_field_offset(struct sock_common, skc_v6_daddr));
    else
        map_v4(question->address, BPF_CORE_READ(sk, __sk_common.skc_daddr));
}

/* A connected stream ignores an address that comes with a message; everything else is sent to it. */
static __always_inline void destination_of_message(struct question* question, struct sock* sk, __u16 family,
                                                   struct msghdr* msg) {
    void* name = msg ? BPF_CORE_READ(msg, msg_name) : 0;
    bool connected =
        BPF_CORE_READ(sk, sk_type) == kSocketStream && BPF_CORE_READ(sk, __sk_common.skc_state) != kTcpClose;
    if (name && !connected && destination_from_name(question, name, BPF_CORE_READ(msg, msg_namelen))) return;
    destination_from_peer(question, sk, family);
}

static __always_inline int judge_send(const struct taint* taint, struct sock* sk, __u16 family,
                                      struct msghdr* msg, __u64 bytes) {
    struct question question = {
        .marks = taint->marks,
        .point = kPointNetwork,
        .operation = kOperationSend,
        .protocol = BPF_CORE_READ(sk, sk_protocol),
        .bytes = bytes,
    };
    destination_of_message(&question, sk, family, msg);
    return decide(&question);
}

/* Sends no bytes yet: only a rule without any budget answers here. */
static __always_inline int judge_connect(const struct taint* taint, struct sock* sk, void* name, int length) {
    struct question question = {
        .marks = taint->marks,
        .point = kPointNetwork,
        .operation = kOperationConnect,
        .protocol = BPF_CORE_READ(sk, sk_protocol),
    };
    if (!destination_from_name(&question, name, length)) return 0;
    return decide(&question);
}
