/* SPDX-License-Identifier: GPL-2.0-only */
/* Taint: marks of a process, kept on its thread group leader, where io_uring workers find it too. */
#pragma once

#include "bpf/hook.bpf.h"
#include "bpf/keys.bpf.h"
#include "bpf/marks.bpf.h"

enum { kMaxLenders = 4 };

/* Asked on every hook, mostly of a process that has no storage of any program: told by one read. */
static __always_inline struct taint* taint_of_current(void) {
    struct task_struct* task = bpf_get_current_task_btf();
    struct task_struct* leader = task->group_leader;
    if (!leader->bpf_storage) return 0;
    return bpf_task_storage_get(&taints, leader, 0, 0);
}

static __always_inline bool is_judged(const struct taint* taint) {
    return taint && taint->marks.classes && !(taint->flags & kTaintExempt);
}

static __always_inline bool has_shared(const struct taint* taint) {
    return taint && (taint->flags & (kTaintShares | kTaintSharesSink));
}

/* The self-test's process reached a hook. False: it is another. */
static __always_inline bool note_probe(struct taint* taint, __u32 hook) {
    if (!taint || !(taint->flags & kTaintProbe)) return false;
    __sync_fetch_and_or(&taint->probe_seen, hook);
    return true;
}

static __always_inline void want_walk(void) {
    __u32 place = kTendedWalks;
    __u64* walks = bpf_map_lookup_elem(&tended, &place);
    if (walks) __sync_fetch_and_add(walks, 1);
}

/* Marks that a process and those with its mappings by fork have in common lie in `sharers`. */
static __always_inline struct inode_key sharers_key(const struct taint* taint) {
    struct inode_key key = {.inode = taint->sharers, .device = SHARERS_DEVICE};
    return key;
}

/* A process that has mapped something shared now carries marks, and stores where no hook sees it. Those who
 * have the mapping by fork are known here; others are looked for by the agent: no hook can walk mappings
 * on 6.1. */
VERIFIED_ONCE int tell_sharers(const struct taint* taint) {
    if (!taint) return 0;
    want_walk();
    if (taint->flags & kTaintProbe) return 0;
    struct inode_key key = sharers_key(taint);
    struct marks fresh = taint->marks; /* 6.1 takes no value from a global function's argument */
    if (bpf_map_update_elem(&sharers, &key, &fresh, BPF_NOEXIST) == 0) return 0;
    struct marks* marks = bpf_map_lookup_elem(&sharers, &key);
    if (marks) marks_add(marks, &fresh);
    return 0;
}

/* What another of the sharers carries may have reached this process through memory. */
VERIFIED_ONCE int hear_sharers(struct taint* taint) {
    if (!taint || (taint->flags & kTaintExempt)) return 0;
    struct inode_key key = sharers_key(taint);
    struct marks* marks = bpf_map_lookup_elem(&sharers, &key);
    if (marks && !marks_cover(&taint->marks, marks)) marks_add(&taint->marks, marks);
    return 0;
}

/* The current process has memory that others get by fork, or that it shares with a file. Null: it cannot be
 * remembered. */
static __always_inline struct taint* begin_sharing(void) {
    struct task_struct* task = bpf_get_current_task_btf();
    struct taint* taint =
        bpf_task_storage_get(&taints, task->group_leader, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (taint && !taint->sharers)
        __sync_val_compare_and_swap(&taint->sharers, 0,
                                    bpf_ktime_get_boot_ns() << 8 | (bpf_get_smp_processor_id() & 0xff));
    return taint;
}

/* The same, with what it carries already. Not 0: it cannot be remembered. */
static __noinline int note_sharing(void) {
    struct taint* taint = begin_sharing();
    if (!taint) return -kNoMemory;
    if (taint->flags & (kTaintExempt | kTaintShares)) return 0;
    __sync_fetch_and_or(&taint->flags, kTaintShares);
    if (taint->marks.classes) tell_sharers(taint);
    return 0;
}

/* For a process that is about to let bytes go. */
static __always_inline bool is_judged_sharer(struct taint* taint) {
    if (taint && (taint->flags & kTaintShares)) hear_sharers(taint);
    return is_judged(taint);
}

/* The process of `leader` now carries `marks` too. False: no memory, the caller refuses the operation. */
static __always_inline bool taint_process(struct task_struct* leader, const struct marks* marks,
                                          __u32 flags) {
    /* Kernel threads work for everybody (the reads of a loop device): what they read is judged where it was
     * asked for, and marks on them would reach strangers. */
    if (leader->flags & kKernelThread) return true;
    struct taint* taint = bpf_task_storage_get(&taints, leader, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!taint) {
        count_loss(kLossTaint);
        return false;
    }
    if (taint->flags & kTaintExempt) return true;
    if (flags & ~taint->flags) __sync_fetch_and_or(&taint->flags, flags);
    if (marks_cover(&taint->marks, marks)) return true;
    marks_add(&taint->marks, marks);
    if (taint->flags & kTaintShares) tell_sharers(taint);
    return true;
}

/* Between vfork and exec a child is in its parent's memory: what it reads, the parent has. */
VERIFIED_ONCE int taint_lenders(const struct marks* marks) {
    if (!marks) return 0;
    struct marks fresh = *marks;
    struct task_struct* task = bpf_get_current_task_btf();
    for (int i = 0; i < kMaxLenders; i++) {
        if (!task->vfork_done) return 0;
        task = task->real_parent;
        if (!taint_process(task->group_leader, &fresh, 0)) return -kNoMemory;
    }
    return 0;
}

/* The same for the current process. */
static __always_inline bool taint_current(const struct marks* marks, __u32 flags) {
    struct task_struct* task = bpf_get_current_task_btf();
    if (task->vfork_done && taint_lenders(marks) != 0) return false;
    return taint_process(task->group_leader, marks, flags);
}

/* Exemption is never handed on. */
static __always_inline bool taint_inherit(struct task_struct* heir, const struct taint* from) {
    struct taint* to = bpf_task_storage_get(&taints, heir, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!to) {
        count_loss(kLossTaint);
        return false;
    }
    to->marks = from->marks;
    to->flags = from->flags & ~kTaintExempt;
    to->early_device = from->early_device;
    to->early_point = from->early_point;
    to->sharers = from->sharers;
    if (to->flags & kTaintProbe) to->probe_seen = kProbeInherited;
    return true;
}
