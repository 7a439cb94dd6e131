/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guard: keeps everybody but the agent, root included, from ending enforcement or the agent. This file
 * knows who the agent is and how a refusal is reported; guard_*.bpf.h are the ways to attack it.
 *
 * The agent is known by the inode of its program: what is started from there is marked at exec
 * (guard_process.bpf.h), so that a restarted agent is not locked out. A maintenance token that the console
 * signed opens the guard for a while: the agent checks it and sets maintenance_until.
 */
#pragma once

#include "bpf/event.bpf.h"
#include "bpf/inode.bpf.h"

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct guard_state);
} guard SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, kMaxGuarded);
    __type(key, struct inode_key);
    __type(value, struct guarded);
} guarded SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, kMaxGuardedObjects);
    __type(key, struct guarded_object);
    __type(value, __u32);
} guarded_objects SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct guardian);
} guardians SEC(".maps");

static __always_inline __u32 guardian_role_of(struct task_struct* leader) {
    struct guardian* guardian = bpf_task_storage_get(&guardians, leader, 0, 0);
    return guardian ? guardian->role : 0;
}

static __always_inline bool is_agent(void) {
    struct task_struct* task = bpf_get_current_task_btf();
    return guardian_role_of(task->group_leader) == kGuardianAgent;
}

static __always_inline struct guard_state* guard_that_is_on(void) {
    __u32 zero = 0;
    struct guard_state* state = bpf_map_lookup_elem(&guard, &zero);
    return state && state->on ? state : 0;
}

static __always_inline bool in_maintenance(const struct guard_state* state) {
    return state->maintenance_until && bpf_ktime_get_boot_ns() < state->maintenance_until;
}

/* Whether what the current process does has to pass the guard. */
static __always_inline bool is_guarded_from_current(void) {
    struct guard_state* state = guard_that_is_on();
    return state && !in_maintenance(state) && !is_agent();
}

/* Global, and with an answer of its own: report_verdict() is reached from rules as well, and 7.3 takes what
 * only one of two callers has on its stack for never read ("poisoned by dead code elimination"). */
VERIFIED_ONCE int report_tampering(struct question* question) {
    if (!question) return 0;
    struct answer answer = {
        .rule = kGuardRule,
        .identity = 0x6d6f64656c677264ull + question->operation,
        .action = kActionBlock,
    };
    report_verdict(question, &answer);
    return 0;
}

/* Reports, and returns what the hook returns. `detail`: a signal, a map's number; 0 where there is none. */
static __noinline int guard_refuse(__u8 operation, struct dentry* dentry, struct vfsmount* mount,
                                   __u64 detail) {
    struct question question = {
        .point = kPointRead,
        .operation = operation,
        .bytes = detail,
        .dentry = (__u64)dentry,
        .mount = (__u64)mount,
    };
    report_tampering(&question);
    return -kNoPermission;
}
