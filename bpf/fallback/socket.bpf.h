/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets of tainted processes. Programs of a cgroup see where a socket is connected to and every packet that
 * it sends, but a packet may leave from anywhere: on behalf of a process that runs, of another, or of one
 * that has ended. So the taint is put on the socket itself, when a tainted process makes or connects it, or,
 * for sockets that it had before, by user space while the process is held.
 */
#pragma once

#include "bpf/fallback/report.bpf.h"
#include "bpf/marks.bpf.h"

enum {
    kIpv4Type = 0x0800,
    kIpv6Type = 0x86dd,
    kIpv4Header = 20,
    kIpv6Header = 40,
    kUdpHeader = 8,
    kRawSocket = 3, /* SOCK_RAW */
};

/* After a connection was broken off for its bytes, new ones of the same payer fail at once for so long,
 * instead of being broken off in their turn. */
#define SHUT_NANOSECONDS (60 * NANOSECONDS)

static __always_inline __u32 current_process(void) {
    return bpf_get_current_pid_tgid() >> 32;
}

static __always_inline void map_v4(__u8 address[16], __be32 v4) {
    address[10] = 0xff;
    address[11] = 0xff;
    __builtin_memcpy(address + 12, &v4, sizeof(v4));
}

static __always_inline bool note_probe(struct process_taint* owner, __u32 hook) {
    if (!(owner->flags & kTaintProbe)) return false;
    owner->probe_seen |= hook;
    return true;
}

static __always_inline bool fill_tag(struct tagged_socket* tag, const struct process_taint* owner,
                                     __u32 pid) {
    if (!tag) {
        count_loss(kLossTaint);
        return false;
    }
    struct marks before = tag->owner.marks; /* of another process that shares it */
    tag->owner = *owner;
    marks_add(&tag->owner.marks, &before);
    tag->pid = pid;
    tag->refused = 0;
    return true;
}

SEC("cgroup/sock_create") int sock_create(struct bpf_sock* ctx) {
    __u32 pid = current_process();
    struct process_taint* owner = bpf_map_lookup_elem(&processes, &pid);
    if (!owner) return 1;
    note_probe(owner, kProbeOpen);
    return fill_tag(bpf_sk_storage_get(&sockets, ctx, 0, BPF_SK_STORAGE_GET_F_CREATE), owner, pid);
}

static __always_inline struct shut_key shut_of(const struct answer* answer,
                                               const struct process_taint* owner) {
    struct shut_key key = {.rule = answer->identity, .payer = payer_of(owner->login_uid, owner->uid)};
    return key;
}

static __always_inline bool refuses(const struct answer* answer) {
    return answer->action == kActionBlock || answer->action == kActionKill;
}

static __noinline bool is_shut(const struct answer* answer, const struct process_taint* owner) {
    if (!answer->identity || !refuses(answer)) return false;
    struct shut_key key = shut_of(answer, owner);
    __u64* since = bpf_map_lookup_elem(&shut, &key);
    return since && bpf_ktime_get_boot_ns() - *since < SHUT_NANOSECONDS;
}

/* False: nobody will hear of it. */
static __always_inline bool hand_over(__u64 cookie, __u32 pid, const struct answer* answer) {
    struct refusal refusal = {.cookie = cookie, .pid = pid, .kills = answer->action == kActionKill};
    return bpf_ringbuf_output(&refusals, &refusal, sizeof(refusal), 0) == 0;
}

/* 1: go on. No bytes yet, so that a rate has nothing to say. */
static __always_inline int judge_address(struct bpf_sock_addr* ctx, struct process_taint* owner, __u32 pid,
                                         struct question* question) {
    if (!ctx->sk) return 1;
    if (!fill_tag(bpf_sk_storage_get(&sockets, ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE), owner, pid))
        return 0;
    question->marks = owner->marks;
    question->point = kPointNetwork;
    question->protocol = ctx->protocol;
    question->port = bpf_ntohs((__u16)ctx->user_port);
    struct answer answer = {};
    if (judge_owner(question, &answer, owner, pid)) {
        if (answer.action == kActionKill) hand_over(bpf_get_socket_cookie(ctx), pid, &answer);
        return !refuses(&answer);
    }
    if (question->operation != kOperationConnect || !is_shut(&answer, owner)) return 1;
    report_owner(question, &answer, owner, pid);
    return 0;
}

static __always_inline int judge_address4(struct bpf_sock_addr* ctx, __u8 operation, __u32 hook) {
    __u32 pid = current_process();
    struct process_taint* owner = bpf_map_lookup_elem(&processes, &pid);
    if (!owner) return 1;
    if (note_probe(owner, hook)) return 0;
    struct question question = {.operation = operation};
    map_v4(question.address, ctx->user_ip4);
    return judge_address(ctx, owner, pid, &question);
}

static __always_inline int judge_address6(struct bpf_sock_addr* ctx, __u8 operation, __u32 hook) {
    __u32 pid = current_process();
    struct process_taint* owner = bpf_map_lookup_elem(&processes, &pid);
    if (!owner) return 1;
    if (note_probe(owner, hook)) return 0;
    struct question question = {.operation = operation};
    __u32 address[4] = {ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3]};
    __builtin_memcpy(question.address, address, sizeof(address));
    return judge_address(ctx, owner, pid, &question);
}

SEC("cgroup/connect4") int connect4(struct bpf_sock_addr* ctx) {
    return judge_address4(ctx, kOperationConnect, kProbeConnect);
}

SEC("cgroup/connect6") int connect6(struct bpf_sock_addr* ctx) {
    return judge_address6(ctx, kOperationConnect, kProbeConnect);
}

SEC("cgroup/sendmsg4") int sendmsg4(struct bpf_sock_addr* ctx) {
    return judge_address4(ctx, kOperationSend, kProbeSend);
}

SEC("cgroup/sendmsg6") int sendmsg6(struct bpf_sock_addr* ctx) {
    return judge_address6(ctx, kOperationSend, kProbeSend);
}

/* Header bytes before the payload of what is carried at `at`; the port goes into `question`. */
static __always_inline __u32 read_transport(struct __sk_buff* skb, __u32 at, struct question* question) {
    __be16 port = 0;
    if (question->protocol == kProtocolTcp) {
        __u8 words = 0;
        bpf_skb_load_bytes(skb, at + 2, &port, sizeof(port));
        bpf_skb_load_bytes(skb, at + 12, &words, sizeof(words));
        question->port = bpf_ntohs(port);
        return (words >> 4) * 4;
    }
    if (question->protocol == kProtocolUdp || question->protocol == kProtocolUdpLite) {
        bpf_skb_load_bytes(skb, at + 2, &port, sizeof(port));
        question->port = bpf_ntohs(port);
        return kUdpHeader;
    }
    return 0;
}

/* False: not a packet that carries anything. What a raw socket calls a transport's header is its own. */
static __noinline bool read_packet(struct __sk_buff* skb, struct question* question, bool raw) {
    __u32 headers;
    if (skb->protocol == bpf_htons(kIpv4Type)) {
        __u8 ip[kIpv4Header];
        if (bpf_skb_load_bytes(skb, 0, ip, sizeof(ip))) return false;
        headers = (ip[0] & 15) * 4;
        question->protocol = ip[9];
        __be32 v4;
        __builtin_memcpy(&v4, ip + 16, sizeof(v4));
        map_v4(question->address, v4);
    } else if (skb->protocol == bpf_htons(kIpv6Type)) {
        __u8 ip[kIpv6Header];
        if (bpf_skb_load_bytes(skb, 0, ip, sizeof(ip))) return false;
        headers = kIpv6Header;
        question->protocol = ip[6]; /* extension headers count as payload of an unknown protocol */
        __builtin_memcpy(question->address, ip + 24, 16);
    } else {
        return false;
    }
    __u32 transport = read_transport(skb, headers, question);
    if (!raw) headers += transport;
    if (skb->len <= headers) return false;
    question->bytes = skb->len - headers;
    return true;
}

static __noinline int note_refusal(struct tagged_socket* tag, struct __sk_buff* skb,
                                   const struct answer* answer) {
    struct shut_key key = shut_of(answer, &tag->owner);
    __u64 now = bpf_ktime_get_boot_ns();
    bpf_map_update_elem(&shut, &key, &now, BPF_ANY);
    if (!tag->refused) tag->refused = hand_over(bpf_get_socket_cookie(skb), tag->pid, answer);
    return 0;
}

/* A connected socket sends. Sent again, bytes are charged again: what arrives is never more than the budget.
 */
SEC("cgroup_skb/egress") int egress(struct __sk_buff* skb) {
    struct bpf_sock* sk = skb->sk;
    if (!sk) return 1;
    sk = bpf_sk_fullsock(sk);
    if (!sk) return 1;
    struct tagged_socket* tag = bpf_sk_storage_get(&sockets, sk, 0, 0);
    if (!tag) return 1;
    struct process_taint* owner = bpf_map_lookup_elem(&processes, &tag->pid);
    if (owner && owner->start_boot_ns == tag->owner.start_boot_ns) {
        if (note_probe(owner, kProbeWrite)) return 0;
        if (!marks_cover(&tag->owner.marks, &owner->marks)) marks_add(&tag->owner.marks, &owner->marks);
    }
    struct question question = {
        .point = kPointNetwork, .operation = kOperationSend, .socket = bpf_get_socket_cookie(skb)};
    if (!read_packet(skb, &question, sk->type == kRawSocket)) return 1;
    question.marks = tag->owner.marks;
    struct answer answer = {};
    if (!judge_owner(&question, &answer, &tag->owner, tag->pid)) return 1;
    if (answer.action == kActionAlert) return 1;
    /* What is beyond a rate is sent again, later: that is the throttle. */
    if (refuses(&answer) && (question.protocol == kProtocolTcp || answer.action == kActionKill))
        note_refusal(tag, skb, &answer);
    return 0;
}
