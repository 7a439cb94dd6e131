/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pieces: what one user's tainted processes write into many targets, each below min_flow, adds up. A target
 * counts once a 64th of min_flow is in it, so that the lines of logs do not; when the sum of a day reaches
 * eight times min_flow, the pieces so far are labelled and every later one is as soon as it counts. A piece
 * that turns out to be a plot or a log is cleared by its content like any derived file.
 */
#pragma once

#include "bpf/labels.bpf.h"
#include "bpf/taint.bpf.h"
#include "bpf/verdict.bpf.h"

enum { kPieceShare = 64, kPiecesMultiple = 8, kPiecesSeconds = 24 * 60 * 60 };

/* What of `marks` crosses after `bytes` in all: the classes whose min_flow is reached, with all else they
 * carry. */
static __always_inline struct marks crossing(const struct marks* marks, __u64 bytes) {
    struct marks crossed = *marks;
    const struct policy* policy = policy_in_force();
    if (policy) crossed.classes &= classes_reached(policy, bytes);
    return crossed;
}

/* The class that crosses first: its number, or kClasses if there is none. */
static __always_inline __u32 strictest_class(const struct marks* marks, const struct policy* policy) {
    __u64 strictest = kClasses, least = MODELWARD_MAX_MIN_FLOW;
#pragma clang loop unroll(disable)
    for (__u32 i = 0; i < kClasses; i++) {
        __u64 carried = 0 - (__u64)(marks->classes >> i & 1);
        __u64 less = carried & mask_if_less(policy->min_flow[i], least);
        strictest = (strictest & ~less) | (i & less);
        least = (least & ~less) | (policy->min_flow[i] & less);
    }
    return strictest;
}

static __always_inline struct pieces* pieces_of(const struct pieces_key* key) {
    struct pieces* pieces = bpf_map_lookup_elem(&pieces_of_users, key);
    if (pieces) return pieces;
    struct pieces empty = {};
    bpf_map_update_elem(&pieces_of_users, key, &empty, BPF_NOEXIST);
    return bpf_map_lookup_elem(&pieces_of_users, key);
}

struct gathering {
    __u32 payer;
    __u32 classes;
    __u64 least; /* bytes that make a target a piece */
};

/* Labels one piece of the past. Only files: channels that are still open cross with their next byte. */
static long sweep_piece(void* map, struct inode_key* key, struct flow* flow, struct gathering* gathering) {
    if (flow->payer != gathering->payer || flow->bytes < gathering->least) return 0;
    if (!(flow->marks.classes & gathering->classes) || key->device >= LOWEST_CHANNEL_DEVICE) return 0;
    struct label fresh = {.marks = flow->marks, .origin = kOriginDerived};
    fresh.marks.classes &= gathering->classes;
    if (add_label(key, &fresh) == 0) count_loss(kPiecesLabelled);
    return 0;
}

static __noinline void sweep_pieces(__u32 payer, __u64 least, __u32 classes) {
    struct gathering gathering = {.payer = payer, .classes = classes, .least = least};
    bpf_for_each_map_elem(&flows, sweep_piece, &gathering, 0);
}

/* `bytes` more made `total` in the target of `flow`, which is below every min_flow. */
static __always_inline void charge_pieces(const struct marks* marks, struct flow* flow, __u64 total,
                                          __u64 bytes, struct marks* crossed) {
    struct policy* policy = policy_in_force();
    if (!policy) return;
    __u32 class_number = strictest_class(marks, policy);
    if (class_number >= kClasses) return;
    __u64 least = policy->min_flow[class_number & (kClasses - 1)] / kPieceShare;
    struct task_struct* task = bpf_get_current_task_btf();
    struct pieces_key key = {.payer = payer(task), .class_number = class_number};
    flow->payer = key.payer;
    if (total < least) return;
    struct pieces* pieces = pieces_of(&key);
    if (!pieces) return;
    __u64 window = bpf_ktime_get_boot_ns() / NANOSECONDS / kPiecesSeconds;
    if (pieces->window != window) {
        pieces->window = window;
        pieces->bytes = 0;
        pieces->swept = 0;
    }
    __u64 counted = total - bytes < least ? total : bytes;
    __u64 sum = __sync_fetch_and_add(&pieces->bytes, counted) + counted;
    flow->class_number = class_number;
    __sync_fetch_and_add(&flow->counted, counted);
    *crossed = crossing(marks, sum / kPiecesMultiple);
}

/* A target that crosses by itself was no piece: eight copies are not a model in pieces. */
static __always_inline void give_back_pieces(struct flow* flow) {
    struct pieces_key key = {.payer = flow->payer, .class_number = flow->class_number};
    struct pieces* pieces = bpf_map_lookup_elem(&pieces_of_users, &key);
    __u64 counted = flow->counted;
    flow->counted = 0;
    if (pieces && pieces->bytes >= counted) __sync_fetch_and_sub(&pieces->bytes, counted);
}

/*
 * What of `marks` crosses into one more target with `bytes` more, into `crossed`: by its own meter, or
 * because pieces add up. `flow`: the target's meter; null, there is no room for it: all of them. Its callers
 * have little room left on the stack, so that pieces of the past are left to sweep_pieces_due().
 */
VERIFIED_ONCE int cross_into(const struct marks* marks, struct flow* flow, __u64 bytes,
                             struct marks* crossed) {
    if (!marks || !crossed) return 0;
    if (!flow) {
        *crossed = crossing(marks, ~0ull);
        return 0;
    }
    __u64 total = __sync_fetch_and_add(&flow->bytes, bytes) + bytes;
    *crossed = crossing(marks, total);
    if (!crossed->classes)
        charge_pieces(marks, flow, total, bytes, crossed);
    else if (flow->counted)
        give_back_pieces(flow);
    return 0;
}

/* Once `crossed` has come of pieces: those of the past, once a window. */
VERIFIED_ONCE int sweep_pieces_due(const struct flow* flow, const struct marks* crossed) {
    if (!flow || !crossed || !crossed->classes) return 0;
    struct pieces_key key = {.payer = flow->payer, .class_number = flow->class_number};
    struct pieces* pieces = bpf_map_lookup_elem(&pieces_of_users, &key);
    const struct policy* policy = policy_in_force();
    if (!policy || !pieces || pieces->swept) return 0;
    if (!(classes_reached(policy, pieces->bytes / kPiecesMultiple) & crossed->classes)) return 0;
    pieces->swept = 1;
    sweep_pieces(key.payer, policy->min_flow[key.class_number & (kClasses - 1)] / kPieceShare,
                 crossed->classes);
    return 0;
}
