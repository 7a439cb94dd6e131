/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scripts: a process that was started by "#!" runs its interpreter, and is the script beside it. The kernel
 * shows the script while it looks for who runs the file, and has let go of it when the interpreter begins. So
 * it is noted on the thread that executes, which is the leader from then on; whose exec fails stays what it
 * was.
 */
#pragma once

#include "bpf/inode.bpf.h"

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

/* Asked once for the file that was named, and again for each interpreter: the first counts. */
static __always_inline void note_script(struct linux_binprm* bprm) {
    if (BPF_CORE_READ(bprm, interp) != BPF_CORE_READ(bprm, filename)) return;
    struct task_struct* task = bpf_get_current_task_btf();
    char mark[2] = {};
    bpf_probe_read_kernel(mark, sizeof(mark), bprm->buf);
    struct script* script = mark[0] == '#' && mark[1] == '!'
                                ? bpf_task_storage_get(&scripts, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE)
                                : script_of(task);
    if (!script) return;
    struct inode* inode = mark[0] == '#' && mark[1] == '!' ? BPF_CORE_READ(bprm, file, f_inode) : 0;
    script->begins.inode = inode ? BPF_CORE_READ(inode, i_ino) : 0;
    script->begins.device = inode ? BPF_CORE_READ(inode, i_sb, s_dev) : 0;
    script->begins.generation = inode ? BPF_CORE_READ(inode, i_generation) : 0;
}

static __always_inline void script_begins(void) {
    struct script* script = script_of(bpf_get_current_task_btf());
    if (script) script->runs = script->begins;
}

/* A child that has not executed anything runs the same script. */
static __always_inline void inherit_script(struct task_struct* heir) {
    struct task_struct* task = bpf_get_current_task_btf();
    struct script* script = script_of(task->group_leader);
    if (!script || !script->runs.inode) return;
    struct script* own = bpf_task_storage_get(&scripts, heir, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (own) own->runs = script->runs;
}
