/* SPDX-License-Identifier: GPL-2.0-only */
/* Which sink a file system is, and what is asked when a tainted process brings bytes to one. */
#pragma once

#include "bpf/ask.bpf.h"
#include "bpf/network_filesystem.bpf.h"
#include "bpf/removable.bpf.h"
#include "bpf/volume.bpf.h"

/* A global function takes no kernel pointer, but memory that holds one. */
struct superblock_address {
    __u64 address;
};

/* The sink that a file system without a block device is, or 0. */
VERIFIED_ONCE int place_without_disk(const struct superblock_address* sb, __u64 magic) {
    if (!sb) return 0;
    if (is_network_filesystem(magic)) return kPointNetworkFilesystem;
    if (!is_volume(magic)) return 0;
    struct stack_walk walk = {};
    stack_push_filesystem(&walk, sb->address);
    return sink_of_stack(&walk);
}

/* The sink that a file system is, or 0. */
static __always_inline __u8 place_of(struct super_block* sb) {
    if (sb->s_bdev) return place_of_filesystem(sb->s_bdev);
    struct superblock_address address = {(__u64)sb};
    return place_without_disk(&address, sb->s_magic);
}

/* A tainted process brings `bytes` to removable media or to another place that is a sink. `mount` may be
 * null.
 */
static __always_inline int judge_place(const struct taint* taint, __u8 point, struct inode* inode,
                                       __u32 device, struct dentry* dentry, struct vfsmount* mount,
                                       __u8 operation, __u64 bytes) {
    struct question question = {
        .marks = taint->marks,
        .point = point,
        .operation = operation,
        .bytes = bytes,
        .dentry = (__u64)dentry,
        .mount = (__u64)mount,
        .sink_device = device,
    };
    if (inode) question.file = key_of(inode);
    if (point == kPointNetworkFilesystem) name_server(&question, device);
    return ask(&question);
}

/* Device numbers of such file systems are used again: the next one is another server's, or another stick's.
 */
TRACE("fentry/generic_shutdown_super", filesystem_gone, struct super_block* sb) {
    __u32 device = sb->s_dev;
    if (is_network_filesystem(sb->s_magic)) bpf_map_delete_elem(&servers, &device);
    if (is_volume(sb->s_magic)) bpf_map_delete_elem(&volumes, &device);
    return 0;
}
