/* SPDX-License-Identifier: GPL-2.0-only */
/* Where bytes for a network socket go, and whether they may. Addresses are IPv6; IPv4 ones are mapped as
 * rules are. */
#pragma once

#include "bpf/ask.bpf.h"
#include "bpf/taint.bpf.h"

/* sockaddr_in and sockaddr_in6 begin alike: family, port; then the address at 4 or at 8. */
enum { kInetLength = 16, kInet6Length = 28, kInetAddressAt = 4, kInet6AddressAt = 8, kPortAt = 2 };

struct destination {
    __u8 address[16];
    __u64 port;
};

static __always_inline void map_v4(__u8 address[16], __be32 v4) {
    address[10] = 0xff;
    address[11] = 0xff;
    __builtin_memcpy(address + 12, &v4, sizeof(v4));
}

static __always_inline bool is_inet(__u16 family) {
    return family == kFamilyInet || family == kFamilyInet6;
}

static __always_inline bool is_udp(struct sock* sk) {
    __u16 protocol = BPF_CORE_READ(sk, sk_protocol);
    return BPF_CORE_READ(sk, sk_type) == kSocketDatagram &&
           (protocol == kProtocolUdp || protocol == kProtocolUdpLite);
}

static __always_inline bool is_raw(struct sock* sk) {
    return BPF_CORE_READ(sk, sk_type) == kSocketRaw;
}

static __always_inline __u16 family_of_name(const void* name) {
    __u16 family = 0;
    bpf_probe_read_kernel(&family, sizeof(family), name);
    return family;
}

/* The kernel's copy of a socket address, as a socket of `socket_family` reads it. False: not an internet
 * address. */
static __always_inline bool destination_from_name(struct destination* to, const void* name, int length,
                                                  __u16 socket_family) {
    __u16 family = family_of_name(name);
    __be16 port = 0;
    bpf_probe_read_kernel(&port, sizeof(port), name + kPortAt);
    to->port = bpf_ntohs(port);
    if (family == kFamilyUnspecified) family = socket_family;
    if (family == kFamilyInet6 && length >= kInet6Length - 4) { /* the scope id may be left out */
        bpf_probe_read_kernel(to->address, 16, name + kInet6AddressAt);
        return true;
    }
    if (family == kFamilyInet && length >= kInetLength) {
        __be32 v4 = 0;
        bpf_probe_read_kernel(&v4, sizeof(v4), name + kInetAddressAt);
        map_v4(to->address, v4);
        return true;
    }
    return false;
}

static __always_inline void destination_from_peer(struct destination* to, struct sock* sk, __u16 family) {
    to->port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
    if (family == kFamilyInet6)
        bpf_probe_read_kernel(to->address, 16,
                              (void*)sk + bpf_core_field_offset(struct sock_common, skc_v6_daddr));
    else
        map_v4(to->address, BPF_CORE_READ(sk, __sk_common.skc_daddr));
}

/* A connected stream ignores a name that comes with a message, and so does IPv6's UDP one without a family.
 */
static __always_inline bool ignores_name(struct sock* sk, __u16 family, const void* name) {
    if (BPF_CORE_READ(sk, sk_type) == kSocketStream)
        return BPF_CORE_READ(sk, __sk_common.skc_state) != kTcpClose;
    return family == kFamilyInet6 && is_udp(sk) && family_of_name(name) == kFamilyUnspecified;
}

static __always_inline void destination_of_message(struct destination* to, struct sock* sk, __u16 family,
                                                   struct msghdr* msg) {
    void* name = msg ? BPF_CORE_READ(msg, msg_name) : 0;
    if (name && !ignores_name(sk, family, name) &&
        destination_from_name(to, name, BPF_CORE_READ(msg, msg_namelen), family))
        return;
    destination_from_peer(to, sk, family);
}

/*
 * A UDP datagram that is being put together (MSG_MORE, UDP_CORK) goes where its first part was sent: names of
 * later parts are ignored. False: none is.
 */
static __always_inline bool destination_of_cork(struct destination* to, struct sock* sk) {
    struct inet_sock* inet = (void*)sk;
    int pending = BPF_CORE_READ((struct udp_sock*)sk, pending);
    if (pending == kFamilyInet6) {
        to->port = bpf_ntohs(BPF_CORE_READ(inet, cork.fl.u.ip6.uli.ports.dport));
        BPF_CORE_READ_INTO(&to->address, inet, cork.fl.u.ip6.daddr);
        return true;
    }
    if (pending == kFamilyInet) {
        to->port = bpf_ntohs(BPF_CORE_READ(inet, cork.fl.u.ip4.uli.ports.dport));
        map_v4(to->address, BPF_CORE_READ(inet, cork.fl.u.ip4.daddr));
        return true;
    }
    return false;
}

/* A raw socket may write the packet's header itself (IP_HDRINCL) and send it elsewhere than it says. */
static __always_inline void forget_destination(struct destination* to) {
    struct destination unknown = {};
    *to = unknown;
}

static __always_inline bool is_same_destination(const struct destination* a, const struct destination* b) {
    __u64 x[2], y[2];
    __builtin_memcpy(x, a->address, sizeof(x));
    __builtin_memcpy(y, b->address, sizeof(y));
    return x[0] == y[0] && x[1] == y[1] && a->port == b->port;
}

static __always_inline int judge_network(const struct taint* taint, struct sock* sk,
                                         const struct destination* to, __u8 operation, __u64 bytes) {
    struct question question = {
        .marks = taint->marks,
        .point = kPointNetwork,
        .operation = operation,
        .protocol = BPF_CORE_READ(sk, sk_protocol),
        .port = to->port,
        .bytes = bytes,
        .socket = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter),
    };
    __builtin_memcpy(question.address, to->address, sizeof(question.address));
    return ask(&question);
}

/* Sends no bytes yet: only a rule without any budget answers here. Without a family it ends a connection. */
static __always_inline int judge_connect(const struct taint* taint, struct sock* sk, void* name, int length) {
    struct destination to = {};
    __u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
    if (family_of_name(name) == kFamilyUnspecified || !destination_from_name(&to, name, length, family))
        return 0;
    if (is_raw(sk)) forget_destination(&to);
    return judge_network(taint, sk, &to, kOperationConnect, 0);
}
