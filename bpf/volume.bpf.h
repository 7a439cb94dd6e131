/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a file system lies on. One of several devices names none in its superblock: those of a btrfs are found
 * in its own structures, whoever mounted it and wherever; the agent says where they are, since they belong to
 * a module that may not be loaded when we are. Of the others, and until the agent has looked, its list of
 * mounts is asked.
 */
#pragma once

#include "bpf/backing.bpf.h"
#include "bpf/network_filesystem.bpf.h"

enum { kBtrfsMagic = 0x9123683e };

static __always_inline bool is_volume(__u64 magic) {
    switch (magic) {
        case kBtrfsMagic:
        case 0xca451a4e: /* bcachefs */
        case 0x2fc12fc1: /* zfs */
            return true;
    }
    return false;
}

/* Lie on other file systems, and do not say on which. */
static __always_inline bool is_layered(__u64 magic) {
    return magic == 0x794c7630 /* overlay */ || magic == 0xf15f /* ecryptfs */;
}

static __always_inline void* pointer_at(const void* structure, __u64 offset) {
    void* pointer = 0;
    if (structure) bpf_probe_read_kernel(&pointer, sizeof(pointer), structure + offset);
    return pointer;
}

/* Seeds are left out: nothing is written to them. A list that does not end where it should (more devices than
 * the walk has room for, one that changes meanwhile) makes the walk "unknown". */
static __always_inline void stack_push_btrfs(struct stack_walk* walk, struct super_block* sb, __u64 layout) {
    __u32 before = walk->count;
    void* all = pointer_at(BPF_CORE_READ(sb, s_fs_info), MODELWARD_BTRFS_OFFSET(layout, 0));
    void* end = all + MODELWARD_BTRFS_OFFSET(layout, 1);
    void* at = all ? pointer_at(end, 0) : 0;
    for (int i = 0; i < kMaxStack && at && at != end; i++) {
        void* device = at - MODELWARD_BTRFS_OFFSET(layout, 2);
        stack_push(walk, pointer_at(device, MODELWARD_BTRFS_OFFSET(layout, 3)));
        at = pointer_at(at, 0);
    }
    if (at != end || walk->count == before) walk->unknown = true;
}

static __always_inline bool is_known_disk(__u32 device) {
    const __u32* place = bpf_map_lookup_elem(&volumes, &device);
    return place && !*place;
}

/* `address`: of a superblock. */
VERIFIED_ONCE int stack_push_filesystem(struct stack_walk* walk, __u64 address) {
    if (!walk || !address) return 0;
    struct super_block* sb = (void*)address;
    struct block_device* bdev = BPF_CORE_READ(sb, s_bdev);
    __u64 magic = BPF_CORE_READ(sb, s_magic);
    __u64 layout = magic == kBtrfsMagic ? variables.btrfs : 0;
    if (bdev)
        stack_push(walk, bdev);
    else if (is_network_filesystem(magic))
        walk->network = true;
    else if (layout)
        stack_push_btrfs(walk, sb, layout);
    else if (is_layered(magic) || (is_volume(magic) && !is_known_disk(BPF_CORE_READ(sb, s_dev))))
        walk->unknown = true;
    return 0;
}

static __always_inline void stack_push_loop_file(struct stack_walk* walk, struct block_device* loop) {
    bool known;
    struct file* file = loop_file(loop, &known);
    if (!known) walk->unknown = true;
    if (!file) return;
    struct block_device* raw = block_device_of(file);
    struct super_block* sb = BPF_CORE_READ(file, f_inode, i_sb);
    if (raw)
        stack_push(walk, raw);
    else
        stack_push_filesystem(walk, (__u64)sb);
}
