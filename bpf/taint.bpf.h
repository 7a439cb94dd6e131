/* SPDX-License-Identifier: GPL-2.0-only */
/* Taint: marks of a process, kept on its thread group leader, where io_uring workers find it too. */
#pragma once

#include "bpf/hook.bpf.h"
#include "bpf/marks.bpf.h"

static __always_inline struct taint* taint_of_current(void) {
    struct task_struct* task = bpf_get_current_task_btf();
    return bpf_task_storage_get(&taints, task->group_leader, 0, 0);
}

static __always_inline bool is_judged(const struct taint* taint) {
    return taint && taint->marks.classes && !(taint->flags & kTaintExempt);
}

/* The self-test's process reached a hook. False: it is another. */
static __always_inline bool note_probe(struct taint* taint, __u32 hook) {
    if (!taint || !(taint->flags & kTaintProbe)) return false;
    __sync_fetch_and_or(&taint->probe_seen, hook);
    return true;
}

/* The current process now carries `marks` too. False: no memory, the caller refuses the operation. */
static __always_inline bool taint_current(const struct marks* marks, __u32 flags) {
    struct task_struct* task = bpf_get_current_task_btf();
    struct taint* taint =
        bpf_task_storage_get(&taints, task->group_leader, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!taint) {
        count_loss(kLossTaint);
        return false;
    }
    if (taint->flags & kTaintExempt) return true;
    if (flags & ~taint->flags) __sync_fetch_and_or(&taint->flags, flags);
    if (!marks_cover(&taint->marks, marks)) marks_add(&taint->marks, marks);
    return true;
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
    if (to->flags & kTaintProbe) to->probe_seen = kProbeInherited;
    return true;
}
