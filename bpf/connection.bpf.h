/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TCP and UDP between processes of this host: the receiver carries on what the sender did. Both ends are in
 * this kernel, so the sender leaves its marks under the connection's addresses and ports, where the receiver
 * finds them; of what leaves the host, nobody here asks. Bytes are metered for the address and port that they
 * go to, over all connections. Address translation in between (published ports of containers) hides the
 * receiver.
 */
#pragma once

#include "bpf/flow.bpf.h"
#include "bpf/network.bpf.h"

static __always_inline __u64 mix(__u64 hash, __u64 word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
    return hash ^ hash >> 32;
}

static __always_inline __u64 mix_end(__u64 hash, const struct destination* end) {
    __u64 words[2];
    __builtin_memcpy(words, end->address, sizeof(words));
    return mix(mix(mix(hash, words[0]), words[1]), end->port);
}

static __always_inline struct inode_key service_key(__u16 protocol, const struct destination* to) {
    struct inode_key key = {.inode = mix_end(protocol, to), .device = SERVICE_DEVICE};
    return key;
}

static __always_inline struct inode_key connection_key(__u16 protocol, const struct destination* from,
                                                       const struct destination* to) {
    struct inode_key key = {.inode = mix_end(mix_end(protocol, from), to), .device = CONNECTION_DEVICE};
    return key;
}

/* This end of a socket; the address of one that takes from all is "::". */
static __always_inline void own_end(struct destination* own, struct sock* sk, __u16 family) {
    own->port = BPF_CORE_READ(sk, __sk_common.skc_num);
    if (family == kFamilyInet6) {
        bpf_probe_read_kernel(own->address, 16,
                              (void*)sk + bpf_core_field_offset(struct sock_common, skc_v6_rcv_saddr));
    } else {
        __be32 v4 = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
        if (v4) map_v4(own->address, v4);
    }
}

static __always_inline bool is_loopback(const struct destination* to) {
    __u64 words[2];
    __builtin_memcpy(words, to->address, sizeof(words));
    if (words[0]) return false;
    if (words[1] == bpf_cpu_to_be64(1)) return true; /* ::1 */
    return (words[1] & bpf_cpu_to_be64(0xffffffffff000000ull)) == bpf_cpu_to_be64(0x0000ffff7f000000ull);
}

static __always_inline void connections_carry_marks(void) {
    __u32 place = kTendedConnections;
    __u64 yes = 1;
    __u64* marked = bpf_map_lookup_elem(&tended, &place);
    if (marked && !*marked) bpf_map_update_elem(&tended, &place, &yes, BPF_ANY);
}

static __always_inline bool some_connection_carries_marks(void) {
    __u32 place = kTendedConnections;
    __u64* marked = bpf_map_lookup_elem(&tended, &place);
    return marked && *marked;
}

static __always_inline void mark_connection(const struct inode_key* key, const struct marks* crossed) {
    if (bpf_map_update_elem(&connections, key, crossed, BPF_NOEXIST) == 0) return;
    struct marks* marks = bpf_map_lookup_elem(&connections, key);
    if (marks) marks_add(marks, crossed);
}

/* A stream that was broken off has given its port back, and what is still written to it goes nowhere. Another
 * has none only while it begins with data (TCP_FASTOPEN). */
static __always_inline bool is_broken_off(struct sock* sk, struct msghdr* msg) {
    if (BPF_CORE_READ(sk, sk_type) != kSocketStream || BPF_CORE_READ(sk, __sk_common.skc_num)) return false;
    return !msg || !(BPF_CORE_READ(msg, msg_flags) & kMessageFastOpen);
}

/* What a tainted process was allowed to send. */
static __noinline void flow_to_connection(const struct taint* taint, struct sock* sk, __u16 family,
                                          const struct destination* to, __u64 bytes) {
    __u16 protocol = BPF_CORE_READ(sk, sk_type) == kSocketStream ? kProtocolTcp : kProtocolUdp;
    struct destination end = {};
    own_end(&end, sk, family);
    struct inode_key key = service_key(protocol, to);
    /* A connection that begins with data has no port of its own yet. */
    struct inode_key connection =
        protocol == kProtocolTcp && end.port ? connection_key(protocol, &end, to) : key;
    struct marks* marks = bpf_map_lookup_elem(&connections, &connection);
    if (marks && marks_cover(marks, &taint->marks)) return;
    struct marks crossed = {};
    cross_into(&taint->marks, flow_of(&key), bytes, &crossed);
    if (!crossed.classes) return;
    connections_carry_marks();
    mark_connection(&connection, &crossed);
    if (protocol == kProtocolTcp || !is_loopback(to)) return;
    forget_destination(&end); /* a receiver of datagrams may take them at all addresses */
    end.port = to->port;
    key = service_key(protocol, &end);
    mark_connection(&key, &crossed);
}

static __always_inline void hear_connection(const struct inode_key* key) {
    const struct marks* marks = bpf_map_lookup_elem(&connections, key);
    if (marks) take_marks(marks);
}

static __noinline void flow_from_connection(struct sock* sk) {
    __u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
    __u16 protocol = BPF_CORE_READ(sk, sk_type) == kSocketStream ? kProtocolTcp : kProtocolUdp;
    struct destination own = {}, peer = {};
    own_end(&own, sk, family);
    struct inode_key key = service_key(protocol, &own);
    hear_connection(&key);
    if (protocol != kProtocolTcp) return;
    destination_from_peer(&peer, sk, family);
    key = connection_key(protocol, &peer, &own);
    hear_connection(&key);
}
