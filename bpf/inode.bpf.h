/* SPDX-License-Identifier: GPL-2.0-only */
/* Naming an inode, and lending its name to user space, whose stat() shows another device on btrfs and
 * overlay. */
#pragma once

#include "bpf/maps.bpf.h"

static __always_inline struct inode_key key_of(struct inode* inode) {
    struct inode_key key = {
        .inode = inode->i_ino,
        .device = inode->i_sb->s_dev,
        .generation = inode->i_generation,
    };
    return key;
}

/* The same for an inode that the verifier does not know to be one. */
static __always_inline struct inode_key key_read_from(struct inode* inode) {
    struct inode_key key = {
        .inode = BPF_CORE_READ(inode, i_ino),
        .device = BPF_CORE_READ(inode, i_sb, s_dev),
        .generation = BPF_CORE_READ(inode, i_generation),
    };
    return key;
}

static __always_inline umode_t type_of(struct inode* inode) {
    return inode->i_mode & kModeMask;
}

/* The agent's thread wants to know what it opens. An overlay file passes twice: overlay inode, real inode. */
static __always_inline void learn(struct inode* inode) {
    __u32 zero = 0;
    struct learning* learning = bpf_map_lookup_elem(&learned, &zero);
    if (!learning || !learning->thread || learning->thread != (__u32)bpf_get_current_pid_tgid()) return;
    __u32 place = learning->count;
    if (place >= kLearnedKeys) return;
    learning->keys[place] = key_of(inode);
    learning->count = place + 1;
}
