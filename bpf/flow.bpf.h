/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flows: a tainted process writes into a file, a pipe or a unix socket. Its marks cross when the bytes
 * written into that target, by whichever tainted process, reach the class's min_flow.
 */
#pragma once

#include "bpf/event.bpf.h"
#include "bpf/inode.bpf.h"
#include "bpf/taint.bpf.h"

/* Keys of channels that have no inode of their own to be found by: the address of the receiving socket or of
 * the pipe. */
#define SOCKET_DEVICE 0xffffffffu
#define PIPE_DEVICE 0xfffffffeu

static __always_inline __u64 flow_add(const struct inode_key* key, __u64 bytes) {
    __u64* meter = bpf_map_lookup_elem(&flows, key);
    if (!meter) {
        __u64 empty = 0;
        bpf_map_update_elem(&flows, key, &empty, BPF_NOEXIST);
        meter = bpf_map_lookup_elem(&flows, key);
        if (!meter) {
            count_loss(kLossFlowTable);
            return ~0ull;
        }
    }
    return __sync_fetch_and_add(meter, bytes) + bytes;
}

/* What of `marks` crosses after `bytes` in all: the classes whose min_flow is reached, with all else they
 * carry. */
static __always_inline struct marks crossing(const struct marks* marks, __u64 bytes) {
    struct marks crossed = *marks;
    struct policy* policy = policy_in_force();
    if (!policy) return crossed;
    for (int i = 0; i < kClasses; i++)
        if (bytes < policy->min_flow[i]) crossed.classes &= ~(1u << i);
    return crossed;
}

static __always_inline void report_derived(const struct marks* marks, const struct inode_key* key,
                                           struct dentry* dentry, struct vfsmount* mount, __u8 operation,
                                           __u64 bytes) {
    struct policy* policy = policy_in_force();
    struct question question = {
        .marks = *marks,
        .origin = kOriginDerived,
        .operation = operation,
        .file = *key,
        .bytes = bytes,
        .dentry = (__u64)dentry,
        .mount = (__u64)mount,
    };
    struct answer answer = {
        .policy_version = policy ? policy->version : 0, .metered = bytes, .count = 1, .bytes = bytes};
    if (!send_event(&question, &answer, kEventDerivedLabel)) count_loss(kLossRingFull);
}

/* `bytes` of a process with `taint` go into a regular file. Not 0: the label that they make due finds no
 * room, and bytes that nobody would follow are refused. */
static __always_inline int flow_to_file(const struct taint* taint, struct file* file, struct inode* inode,
                                        __u64 bytes, __u8 operation) {
    if (!bytes) return 0;
    struct inode_key key = key_of(inode);
    struct label* label = bpf_map_lookup_elem(&labels, &key);
    if (label && marks_cover(&label->marks, &taint->marks)) return 0;
    __u64 total = flow_add(&key, bytes);
    struct marks crossed = crossing(&taint->marks, total);
    if (!crossed.classes) return 0;
    if (label) {
        if (marks_cover(&label->marks, &crossed)) return 0;
        marks_add(&label->marks, &crossed);
        label->origin = kOriginDerived;
    } else {
        struct label fresh = {.marks = crossed, .origin = kOriginDerived};
        if (bpf_map_update_elem(&labels, &key, &fresh, BPF_NOEXIST)) {
            label = bpf_map_lookup_elem(&labels, &key);
            if (!label) {
                count_loss(kLossLabelTable);
                return -kNoMemory;
            }
            marks_add(&label->marks, &crossed);
        }
    }
    report_derived(&crossed, &key, file->f_path.dentry, file->f_path.mnt, operation, total);
    return 0;
}

/* The same into a pipe or towards a unix socket, whose readers become tainted as they read. */
static __always_inline void flow_to_channel(const struct taint* taint, const struct inode_key* key,
                                            __u64 bytes) {
    struct marks* marks = bpf_map_lookup_elem(&channels, key);
    if (marks && marks_cover(marks, &taint->marks)) return;
    struct marks crossed = crossing(&taint->marks, flow_add(key, bytes));
    if (!crossed.classes) return;
    if (marks)
        marks_add(marks, &crossed);
    else
        bpf_map_update_elem(&channels, key, &crossed, BPF_ANY);
}

static __always_inline void flow_from_channel(const struct inode_key* key) {
    const struct marks* marks = bpf_map_lookup_elem(&channels, key);
    if (!marks) return;
    struct taint* taint = taint_of_current();
    if (taint && ((taint->flags & kTaintExempt) || marks_cover(&taint->marks, marks))) return;
    taint_current(marks, 0);
}

static __always_inline struct inode_key pipe_key(__u64 pipe) {
    struct inode_key key = {.inode = pipe, .device = PIPE_DEVICE};
    return key;
}

/* Of a file that is one end of it. */
static __always_inline __u64 pipe_of(struct file* file) {
    return (__u64)file->private_data;
}

static __always_inline struct inode_key socket_key(__u64 sk) {
    struct inode_key key = {.inode = sk, .device = SOCKET_DEVICE};
    return key;
}

/* Marks go to the receiving end: `sk` is the sender's. */
static __always_inline void flow_to_peer(const struct taint* taint, struct sock* sk, __u64 bytes) {
    __u64 peer = (__u64)BPF_CORE_READ((struct unix_sock*)sk, peer);
    if (!peer) return;
    struct inode_key key = socket_key(peer);
    flow_to_channel(taint, &key, bytes);
}
