/* SPDX-License-Identifier: GPL-2.0-only */
/* Which program a process runs: the inode of its executable, whatever it is called. */
#pragma once

#include "bpf/inode.bpf.h"

/* All zero: a kernel thread. */
static __always_inline struct inode_key program_of(struct task_struct* task) {
    struct inode_key key = {};
    struct inode* inode = BPF_CORE_READ(task, mm, exe_file, f_inode);
    if (!inode) return key;
    key.inode = BPF_CORE_READ(inode, i_ino);
    key.device = BPF_CORE_READ(inode, i_sb, s_dev);
    key.generation = BPF_CORE_READ(inode, i_generation);
    return key;
}

static __always_inline const struct program_rules* find_program(__u32 slot, const struct inode_key* program) {
    void* table = bpf_map_lookup_elem(&programs, &slot);
    return table ? bpf_map_lookup_elem(table, program) : 0;
}

static __always_inline __u64 program_number(const struct inode_key* program) {
    __u64 number = program->inode * 0x9e3779b97f4a7c15ull;
    number = (number ^ program->device) * 0x9e3779b97f4a7c15ull;
    return number ^ program->generation;
}
