/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flows: a tainted process writes into a file, a pipe or a unix socket. Its marks cross when the bytes
 * written into that target, by whichever tainted process, reach the class's min_flow.
 */
#pragma once

#include "bpf/backing.bpf.h"
#include "bpf/event.bpf.h"
#include "bpf/pieces.bpf.h"
#include "bpf/service.bpf.h"
#include "bpf/taint.bpf.h"

/* In a frame of its own. */
static __noinline int make_flow(const struct inode_key* key) {
    struct flow empty = {};
    bpf_map_update_elem(&flows, key, &empty, BPF_NOEXIST);
    return 0;
}

/* The meter of a target, made if need be; null: no room. */
static __always_inline struct flow* flow_of(const struct inode_key* key) {
    struct flow* flow = bpf_map_lookup_elem(&flows, key);
    if (flow) return flow;
    make_flow(key);
    flow = bpf_map_lookup_elem(&flows, key);
    if (!flow) count_loss(kLossFlowTable);
    return flow;
}

static __always_inline __u64 flow_add(const struct inode_key* key, __u64 bytes) {
    struct flow* flow = flow_of(key);
    return flow ? __sync_fetch_and_add(&flow->bytes, bytes) + bytes : ~0ull;
}

/* Not inlined: a hook has no room on the stack for its own question and this one. */
static __noinline int report_derived(const struct marks* marks, const struct inode_key* key,
                                     struct file* file, __u8 operation, __u64 bytes) {
    struct policy* policy = policy_in_force();
    struct question question = {
        .marks = *marks,
        .origin = kOriginDerived,
        .operation = operation,
        .file = *key,
        .bytes = bytes,
        .dentry = (__u64)file->f_path.dentry,
        .mount = (__u64)file->f_path.mnt,
    };
    struct answer answer = {
        .policy_version = policy ? policy->version : 0, .metered = bytes, .count = 1, .bytes = bytes};
    if (!write_event(&question, &answer, kEventDerivedLabel)) count_loss(kLossRingFull);
    return 0;
}

/* 0, or the label found no room: bytes that nobody would follow are refused. */
static __always_inline int label_derived(const struct inode_key* key, const struct marks* crossed) {
    struct label* label = bpf_map_lookup_elem(&labels, key);
    if (!label) {
        struct label fresh = {.marks = *crossed, .origin = kOriginDerived};
        if (add_label(key, &fresh) == 0) return 0;
        label = bpf_map_lookup_elem(&labels, key);
        if (!label) {
            count_loss(kLossLabelTable);
            return -kNoMemory;
        }
    }
    marks_add(&label->marks, crossed);
    label->origin = kOriginDerived;
    return 0;
}

/* A loop device is written by a kernel thread that carries nothing: its file is labelled here. */
static __always_inline void flow_to_image(const struct taint* taint, struct block_device* loop, __u64 bytes) {
    struct inode* inode = loop_inode(loop);
    if (!inode) return;
    struct inode_key key = key_read_from(inode);
    struct marks crossed = crossing(&taint->marks, flow_add(&key, bytes));
    if (crossed.classes) label_derived(&key, &crossed);
}

/* A writer mostly goes on with the file it has written to before: then nothing is looked up. */
static __always_inline bool is_known_to_cover(const struct pending_write* pending,
                                              const struct inode_key* key, const struct taint* taint,
                                              __u64 labels_changed) {
    const __u64 *had = (const void*)&pending->covered, *has = (const void*)key;
    const __u64 *held = (const void*)&pending->covered_marks, *holds = (const void*)&taint->marks;
    return had[0] == has[0] && had[1] == has[1] && held[0] == holds[0] && held[1] == holds[1] &&
           held[2] == holds[2] && pending->covered_when == labels_changed;
}

static __always_inline bool is_covered(struct pending_write* pending, const struct inode_key* key,
                                       const struct taint* taint) {
    __u64 now = label_changes();
    if (pending && is_known_to_cover(pending, key, taint, now)) return true;
    const struct label* label = bpf_map_lookup_elem(&labels, key);
    if (!label) return false;
    if (!pending) return marks_cover(&label->marks, &taint->marks);
    /* What is remembered is what was compared: another thread may taint the process meanwhile. */
    pending->covered.inode = 0;
    pending->covered_marks = taint->marks;
    if (!marks_cover(&label->marks, &pending->covered_marks)) return false;
    pending->covered = *key;
    pending->covered_when = now;
    return true;
}

/* `bytes` of a process with `taint` go into a regular file; `pending` is the writer's, or null. Not 0: the
 * label that they make due finds no room. */
static __always_inline int flow_to_file(const struct taint* taint, struct pending_write* pending,
                                        struct file* file, struct inode* inode, __u64 bytes, __u8 operation) {
    if (!bytes) return 0;
    struct inode_key key = key_of(inode);
    if (is_on_loop_device(inode)) flow_to_image(taint, inode->i_sb->s_bdev, bytes);
    if (is_covered(pending, &key, taint)) return 0;
    struct flow* flow = flow_of(&key);
    struct marks crossed = {};
    cross_into(&taint->marks, flow, bytes, &crossed);
    if (!crossed.classes) {
        if (flow)
            marks_add(&flow->marks,
                      &taint->marks); /* what it is labelled with if it turns out to be a piece */
        return 0;
    }
    sweep_pieces_due(flow, &crossed);
    const struct label* label = bpf_map_lookup_elem(&labels, &key);
    if (label && marks_cover(&label->marks, &crossed)) return 0;
    int refused = label_derived(&key, &crossed);
    if (!refused) report_derived(&crossed, &key, file, operation, flow ? flow->bytes : bytes);
    return refused;
}

/* Not 0: the marks find no room. The caller refuses the bytes, or they are everybody's (mark_all_channels).
 */
static __always_inline int mark_channel(const struct inode_key* key, const struct marks* crossed) {
    if (!crossed->classes) return 0;
    struct marks* marks = bpf_map_lookup_elem(&channels, key);
    if (!marks) {
        if (bpf_map_update_elem(&channels, key, crossed, BPF_NOEXIST) == 0) return 0;
        marks = bpf_map_lookup_elem(&channels, key); /* another was first */
        if (!marks) return -kNoMemory;
    }
    marks_add(marks, crossed);
    return 0;
}

static __always_inline struct unplaced* unplaced_marks(void) {
    __u32 place = 0;
    return bpf_map_lookup_elem(&unplaced, &place);
}

static __always_inline void mark_all_channels(const struct marks* marks) {
    struct unplaced* all = unplaced_marks();
    count_loss(kMarksUnplaced);
    if (!all) return;
    all->since_ns = bpf_ktime_get_boot_ns();
    marks_add(&all->marks, marks);
}

/* The same into a pipe or towards a unix socket, whose readers become tainted as they read. Not 0: to be
 * refused. */
VERIFIED_ONCE int flow_to_channel(const struct taint* taint, const struct inode_key* at, __u64 bytes) {
    if (!taint || !at) return 0;
    struct inode_key key = *at; /* 6.1 takes no key from a global function's argument */
    struct marks* marks = bpf_map_lookup_elem(&channels, &key);
    if (marks && marks_cover(marks, &taint->marks)) return 0;
    struct marks crossed = {};
    cross_into(&taint->marks, flow_of(&key), bytes, &crossed);
    return mark_channel(&key, &crossed);
}

/* What a hook returns; the verifier wants to see the number. */
static __always_inline int refuse_unmarked(int result) {
    if (!result) return 0;
    count_loss(kLossChannelTable);
    return -kNoMemory;
}

/* For bytes that are in the channel already, or that no hook refuses. */
static __always_inline void flow_into_channel(const struct taint* taint, const struct inode_key* key,
                                              __u64 bytes) {
    if (flow_to_channel(taint, key, bytes) != 0) mark_all_channels(&taint->marks);
}

VERIFIED_ONCE int take_marks(const struct marks* marks) {
    struct taint* taint = taint_of_current();
    if (!marks || (taint && ((taint->flags & kTaintExempt) || marks_cover(&taint->marks, marks)))) return 0;
    taint_current(marks, 0);
    return 0;
}

static __always_inline void flow_from_channel(const struct inode_key* key) {
    const struct marks* marks = bpf_map_lookup_elem(&channels, key);
    if (!marks) {
        const struct unplaced* all = unplaced_marks();
        if (!all || !all->marks.classes) return;
        marks = &all->marks;
    }
    take_marks(marks);
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

/* Marks go to the receiving end, `peer`. Not 0: to be refused. */
static __noinline int flow_to_unix(const struct taint* taint, struct sock* peer, __u64 bytes) {
    struct inode_key key = socket_key((__u64)peer);
    struct marks* marks = bpf_map_lookup_elem(&channels, &key);
    if (marks && marks_cover(marks, &taint->marks)) return 0;
    struct service service = service_of(peer);
    struct inode_key meter = key;
    if (service.name && service.share == 1) {
        meter.inode = service.name;
        meter.device = NAME_DEVICE;
    }
    struct marks crossed = {};
    if (service.share == 1)
        cross_into(&taint->marks, flow_of(&meter), bytes, &crossed);
    else
        crossed = crossing(&taint->marks, flow_add(&meter, bytes) / service.share);
    return refuse_unmarked(mark_channel(&key, &crossed));
}

static __always_inline int flow_to_peer(const struct taint* taint, struct sock* sk, __u64 bytes) {
    struct sock* peer = BPF_CORE_READ((struct unix_sock*)sk, peer);
    return peer ? flow_to_unix(taint, peer, bytes) : 0;
}
