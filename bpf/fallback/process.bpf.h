/* SPDX-License-Identifier: GPL-2.0-only */
/* The life of a tainted process: a fork copies its taint, a program that it executes keeps it, its end lets
 * go of it. */
#pragma once

#include "bpf/fallback/maps.bpf.h"
#include "bpf/program.bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct signal_struct {
    struct {
        int counter;
    } live; /* threads that have not ended */
};

struct task_struct___signal {
    struct signal_struct* signal;
};

#pragma clang attribute pop

SEC("raw_tp/sched_process_fork") int process_fork(struct bpf_raw_tracepoint_args* ctx) {
    struct task_struct* parent = (void*)ctx->args[0];
    struct task_struct* child = (void*)ctx->args[1];
    __u32 from = BPF_CORE_READ(parent, tgid), to = BPF_CORE_READ(child, tgid);
    if (from == to) return 0;
    struct process_taint* taint = bpf_map_lookup_elem(&processes, &from);
    if (!taint) return 0;
    struct process_taint heir = *taint;
    heir.start_boot_ns = BPF_CORE_READ(child, start_boottime);
    if (heir.flags & kTaintProbe) heir.probe_seen = kProbeInherited;
    if (bpf_map_update_elem(&processes, &to, &heir, BPF_ANY)) count_loss(kLossTaint);
    return 0;
}

SEC("raw_tp/sched_process_exec") int process_exec(struct bpf_raw_tracepoint_args* ctx) {
    struct task_struct* task = (void*)ctx->args[0];
    __u32 pid = BPF_CORE_READ(task, tgid);
    struct process_taint* taint = bpf_map_lookup_elem(&processes, &pid);
    if (!taint) return 0;
    taint->uid = BPF_CORE_READ(task, cred, euid.val);
    taint->program = program_of(task);
    taint->program.generation = 0;
    bpf_probe_read_kernel_str(taint->name, sizeof(taint->name), __builtin_preserve_access_index(&task->comm));
    if (taint->flags & kTaintProbe) taint->probe_seen |= kProbeExec;
    return 0;
}

/* Of each thread; the last one finds none alive. */
SEC("raw_tp/sched_process_exit") int process_exit(struct bpf_raw_tracepoint_args* ctx) {
    struct task_struct___signal* task = (void*)ctx->args[0];
    __u32 pid = BPF_CORE_READ((struct task_struct*)task, tgid);
    struct process_taint* taint = bpf_map_lookup_elem(&processes, &pid);
    if (!taint || BPF_CORE_READ(task, signal, live.counter) > 0) return 0;
    bpf_map_update_elem(&ended, &pid, taint, BPF_ANY);
    bpf_map_delete_elem(&processes, &pid);
    return 0;
}
