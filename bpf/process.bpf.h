/* SPDX-License-Identifier: GPL-2.0-only */
/* Who did it: the process, its program and arguments, and the processes it came from. */
#pragma once

#include "bpf/path.bpf.h"

static __always_inline void describe_process(struct process_record* record, struct task_struct* leader) {
    record->pid = BPF_CORE_READ(leader, tgid);
    record->start_boot_ns = BPF_CORE_READ(leader, start_boottime);
    record->uid = BPF_CORE_READ(leader, cred, euid.val);
    record->login_uid = BPF_CORE_READ(leader, loginuid.val);
    record->reserved = 0;
    bpf_probe_read_kernel_str(record->name, sizeof(record->name),
                              __builtin_preserve_access_index(&leader->comm));
}

static __always_inline void describe_program(struct event* event, struct task_struct* task) {
    event->exe_start = kExeBytes;
    event->args_length = 0;
    struct mm_struct* mm = BPF_CORE_READ(task, mm);
    if (!mm) return;
    struct file* exe = BPF_CORE_READ(mm, exe_file);
    bool whole;
    if (exe)
        event->exe_start = write_path(event->exe, kExeBytes, BPF_CORE_READ(exe, f_path.dentry),
                                      BPF_CORE_READ(exe, f_path.mnt), &whole);
    unsigned long start = BPF_CORE_READ(mm, arg_start), end = BPF_CORE_READ(mm, arg_end);
    if (end <= start) return;
    unsigned long length = end - start;
    if (length > kArgBytes - 1) length = kArgBytes - 1;
    if (bpf_probe_read_user(event->args, length, (void*)start) == 0) event->args_length = length;
}

static __always_inline void describe_ancestors(struct event* event, struct task_struct* leader) {
    struct task_struct* task = leader;
    __u32 count = 0;
    for (int i = 0; i < kAncestors; i++) {
        task = BPF_CORE_READ(task, real_parent, group_leader);
        if (!task || BPF_CORE_READ(task, tgid) == 0) break;
        describe_process(&event->ancestors[i], task);
        count = i + 1;
    }
    event->ancestor_count = count;
}
