/* SPDX-License-Identifier: GPL-2.0-only */
/* Inheritance: fork copies the taint, and exec by a thread that is not the leader takes it along. */
#pragma once

#include "bpf/script.bpf.h"
#include "bpf/taint.bpf.h"

HOOK(task_alloc, struct task_struct* task, unsigned long clone_flags) {
    if (clone_flags & kCloneThread) return 0;
    inherit_script(task);
    /* Another process in the same memory. Not while the parent waits for its child to exec. */
    if ((clone_flags & (kCloneMemory | kCloneVfork)) == kCloneMemory && note_sharing() != 0)
        return -kNoMemory;
    struct taint* taint = taint_of_current();
    if (!is_judged(taint) && !has_shared(taint)) return 0; /* mappings are inherited as well */
    return taint_inherit(task, taint) ? 0 : -kNoMemory;
}

/* Another thread may have read the model between task_alloc and the copy of the memory: looked at again when
 * the child is complete, before its first instruction. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(fork_done, struct task_struct* parent, struct task_struct* child) {
    if (child->pid != child->tgid) return 0;
    struct taint* taint = taint_of_current();
    if (!is_judged(taint)) return 0;
    struct taint* has = bpf_task_storage_get(&taints, child, 0, 0);
    if (!has || !marks_cover(&has->marks, &taint->marks)) taint_inherit(child, taint);
    return 0;
}

/* A new program has no mappings of the old one. Not before it is certain to run: a failed exec keeps them. */
TRACE("fentry/security_bprm_committed_creds", program_begins, struct linux_binprm* bprm) {
    struct taint* taint = taint_of_current();
    if (!has_shared(taint)) return 0;
    __sync_fetch_and_and(&taint->flags, ~(kTaintShares | kTaintSharesSink));
    taint->sharers = 0;
    return 0;
}

HOOK(bprm_check_security, struct linux_binprm* bprm) {
    note_script(bprm);
    struct taint* taint = taint_of_current();
    if (!taint) return 0;
    if (note_probe(taint, kProbeExec)) return -kNoPermission; /* goes on as it was */
    struct task_struct* task = bpf_get_current_task_btf();
    /* The thread that execs becomes the leader, with its own storage. */
    if (task->pid != task->tgid) return taint_inherit(task, taint) ? 0 : -kNoMemory;
    if (taint->flags & kTaintExempt) __sync_fetch_and_and(&taint->flags, ~kTaintExempt);
    return 0;
}
