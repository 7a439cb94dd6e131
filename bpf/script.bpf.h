/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scripts: a process that was started by "#!" runs its interpreter, and is the script beside it. The kernel
 * shows the script while it looks for who runs the file, and has let go of it when the interpreter begins. So
 * it is noted on the thread that executes, which is the leader from then on, under the number that the kernel
 * gives this exec if it succeeds (self_exec_id). An exec that no hook saw leaves the number, and so the name,
 * behind; unless one of a script failed right before it, whose name has the same number.
 */
#pragma once

#include "bpf/inode.bpf.h"
#include "bpf/maps.bpf.h"

/* What never executed anything has the number, and no script. */
enum { kNoExec = 0 };

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct script);
} scripts SEC(".maps");

static __always_inline struct script* script_of(struct task_struct* task) {
    if (!task->bpf_storage) return 0;
    return bpf_task_storage_get(&scripts, task, 0, 0);
}

static __always_inline const struct inode_key* script_begun_by(const struct script* script, __u64 exec) {
    if (script->started[0].exec == exec) return &script->started[0].key;
    return script->started[1].exec == exec ? &script->started[1].key : 0;
}

/* Asked once for the file that was named, and again for each interpreter: the first counts. */
static __always_inline void note_script(struct linux_binprm* bprm) {
    if (BPF_CORE_READ(bprm, interp) != BPF_CORE_READ(bprm, filename)) return;
    struct task_struct* task = bpf_get_current_task_btf();
    __u64 exec = task->self_exec_id;
    char mark[2] = {};
    bpf_probe_read_kernel(mark, sizeof(mark), bprm->buf);
    if (mark[0] != '#' || mark[1] != '!') {
        struct script* script = script_of(task);
        if (!script) return;
        /* One that failed before this had the same number. */
        if (script->started[0].exec == exec + 1) script->started[0].exec = kNoExec;
        if (script->started[1].exec == exec + 1) script->started[1].exec = kNoExec;
        return;
    }
    struct script* script = bpf_task_storage_get(&scripts, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!script) {
        count_loss(kLossScript);
        return;
    }
    /* Beside what it is until then. */
    struct started_script* next = script->started[0].exec == exec ? &script->started[1] : &script->started[0];
    struct inode* inode = BPF_CORE_READ(bprm, file, f_inode);
    next->exec = kNoExec;
    next->key = key_read_from(inode);
    next->exec = exec + 1;
}

/* Null: it was not started as one. */
static __always_inline const struct inode_key* script_of_process(struct task_struct* leader) {
    struct script* script = script_of(leader);
    return script ? script_begun_by(script, leader->self_exec_id) : 0;
}

/* A child that has not executed anything runs the same script. */
static __always_inline void inherit_script(struct task_struct* heir) {
    struct task_struct* task = bpf_get_current_task_btf();
    const struct inode_key* key = script_of_process(task->group_leader);
    if (!key) return;
    struct script* own = bpf_task_storage_get(&scripts, heir, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!own) {
        count_loss(kLossScript);
        return;
    }
    own->started[0].key = *key;
    own->started[0].exec = heir->self_exec_id;
    own->started[1].exec = kNoExec;
}
