/* SPDX-License-Identifier: GPL-2.0-only */
/* Which program a process runs: the inode of its executable, whatever it is called. */
#pragma once

#include "bpf/inode.bpf.h"

/* All zero: a kernel thread. */
static __always_inline struct inode_key program_of(struct task_struct* task) {
    struct inode_key none = {};
    struct inode* inode = BPF_CORE_READ(task, mm, exe_file, f_inode);
    return inode ? key_read_from(inode) : none;
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
