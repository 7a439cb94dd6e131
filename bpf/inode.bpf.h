/* SPDX-License-Identifier: GPL-2.0-only */
/* Naming an inode, and lending its name to user space, whose stat() shows another device on btrfs and
 * overlay. */
#pragma once

#include "bpf/device_numbers.h"
#include "bpf/variables.bpf.h"

/* A file system without a disk of its own (btrfs, tmpfs) borrows its device's number, which the next one gets
 * when it is unmounted: part of its UUID tells the files of one from those of the other. Arithmetic, for a
 * branch here would double the ways through every hook. The fallback's user space knows what stat() says. */
static __always_inline __u32 generation_under(__u32 generation, __u32 device, __u32 uuid) {
#ifdef MODELWARD_KEYS_OF_STAT
    return generation;
#else
    return generation ^ (uuid & mask_if_less(device >> kMinorBits, 1));
#endif
}

static __always_inline struct inode_key key_of(struct inode* inode) {
    struct super_block* sb = inode->i_sb;
    __u32 device = sb->s_dev;
    struct inode_key key = {
        .inode = inode->i_ino,
        .device = device,
        .generation = generation_under(inode->i_generation, device, *(__u32*)sb->s_uuid.b),
    };
    return key;
}

/* The same for an inode that the verifier does not know to be one. */
static __always_inline struct inode_key key_read_from(struct inode* inode) {
    struct super_block* sb = BPF_CORE_READ(inode, i_sb);
    uuid_t uuid = BPF_CORE_READ(sb, s_uuid);
    __u32 device = BPF_CORE_READ(sb, s_dev);
    struct inode_key key = {
        .inode = BPF_CORE_READ(inode, i_ino),
        .device = device,
        .generation = generation_under(BPF_CORE_READ(inode, i_generation), device, *(__u32*)uuid.b),
    };
    return key;
}

static __always_inline umode_t type_of(struct inode* inode) {
    return inode->i_mode & kModeMask;
}

/* The agent's thread wants to know what it opens. An overlay file passes twice: overlay inode, real inode. */
static __always_inline void learn(struct inode* inode) {
    volatile struct learning* learning = &variables.learning;
    if (!learning->thread || learning->thread != (__u32)bpf_get_current_pid_tgid()) return;
    __u32 place = learning->count;
    if (place >= kLearnedKeys) return;
    learning->keys[place] = key_of(inode);
    learning->count = place + 1;
}
