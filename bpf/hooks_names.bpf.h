/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Learning names, on the way of every packet of every socket: programs of the root control group. They never
 * drop anything. Not seen: encrypted DNS, DNS over TCP, QUIC's and encrypted ClientHellos, names that are
 * split over segments, subflows of MPTCP. Not in the fallback: 5.10's verifier warns about itself over them.
 */
#pragma once

#include "bpf/names.bpf.h"

/* Not a typedef: global functions know the context by its own name. */
#define packet_t struct __sk_buff
#define PACKET_PART VERIFIED_ONCE

static __always_inline bool packet_load(packet_t* packet, __u32 at, void* to, __u32 size) {
    return !bpf_skb_load_bytes(packet, at, to, size);
}

static __always_inline __u32 packet_size(packet_t* packet) {
    return packet->len;
}

static __always_inline void learn_address(packet_t* packet, const struct name_address* address,
                                          const struct name_key* name) {
    bpf_map_update_elem(&address_names, address, name, BPF_ANY);
}

#include "bpf/name_packet.h"

enum { kNameIpv4Header = 20, kNameIpv6Header = 40, kNameUdpHeader = 8, kNamePort = 53 };

/* Where the transport header begins; 0: it is none of `protocol`. The packet begins with its IP header. */
static __always_inline __u32 transport_of(packet_t* packet, __u8 protocol) {
    __u8* ip = (void*)(long)packet->data;
    void* end = (void*)(long)packet->data_end;
    if ((void*)(ip + kNameIpv4Header) > end) return 0;
    if (ip[0] >> 4 == 4) return ip[9] == protocol ? (ip[0] & 15) * 4 : 0;
    return ip[6] == protocol ? kNameIpv6Header : 0;
}

/* The first bytes that a TCP socket sends: their segments are all that it has sent so far. */
SEC("cgroup_skb/egress") int learn_socket(packet_t* packet) {
    struct bpf_sock* sk = packet->sk;
    if (!sk) return 1;
    struct bpf_tcp_sock* tcp = bpf_tcp_sock(sk);
    if (!tcp || tcp->data_segs_out != packet->gso_segs) return 1;
    __u32 at = transport_of(packet, kProtocolTcp);
    __u8 words = 0;
    if (!at || !packet_load(packet, at + 12, &words, sizeof(words))) return 1;
    struct name_key name = {};
    int found = name_of_payload(packet, at + (words >> 4) * 4, &name);
    if (found == kNameUnreadable) count_loss(kLossNameUnreadable);
    if (found != kNameFound) return 1;
    __u64 cookie = bpf_get_socket_cookie(packet);
    bpf_map_update_elem(&socket_names, &cookie, &name, BPF_ANY);
    return 1;
}

/* One a CPU: packets come in with soft interrupts off, and learn_answers does not interrupt itself. */
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct name_scratch);
} name_scratches SEC(".maps");

/* Where the packet says it is from. */
static __always_inline bool is_from_resolver(packet_t* packet) {
    struct name_address from = {{0, 0}};
    __u8* bytes = (__u8*)&from;
    __u8 version = 0;
    if (!packet_load(packet, 0, &version, 1)) return false;
    if (version >> 4 == 4) {
        bytes[10] = bytes[11] = 0xff;
        if (!packet_load(packet, 12, bytes + 12, 4)) return false;
    } else if (!packet_load(packet, 8, &from, sizeof(from))) {
        return false;
    }
    return bpf_map_lookup_elem(&resolvers, &from);
}

/* Whether the receiver is in the agent's network namespace: in one of their own, anybody is any resolver.
 * Before 6.15 these programs have no helper for that. They may not add to a socket's pointer either, so it is
 * read from the stack as the number that it is. */
static __always_inline bool is_in_own_network(packet_t* packet) {
    __u32 place = kTendedNetwork;
    __u64* own = bpf_map_lookup_elem(&tended, &place);
    struct bpf_sock* volatile receiver = packet->sk;
    struct sock* sk = 0;
    bpf_probe_read_kernel(&sk, sizeof(sk), (const void*)&receiver);
    return own && sk && BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum) == *own;
}

SEC("cgroup_skb/ingress") int learn_answers(packet_t* packet) {
    __u32 at = transport_of(packet, kProtocolUdp);
    __be16 port = 0;
    if (!at || !packet_load(packet, at, &port, sizeof(port)) || port != bpf_htons(kNamePort)) return 1;
    if (!is_from_resolver(packet) || !is_in_own_network(packet)) return 1;
    __u32 zero = 0;
    struct name_scratch* scratch = bpf_map_lookup_elem(&name_scratches, &zero);
    if (scratch && names_of_answer(packet, at + kNameUdpHeader, scratch) == kNameUnreadable)
        count_loss(kLossNameUnreadable);
    return 1;
}
