/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Removable media: a block device with a USB bus above it. The disk's own "removable" flag is not asked:
 * fixed USB disks lack it. A device mapper or loop device that lies on a stick has no such parent and is not
 * recognised.
 */
#pragma once

#include "bpf/event.bpf.h"
#include "bpf/inode.bpf.h"
#include "bpf/taint.bpf.h"

enum { kMaxParents = 12 };

static __noinline bool hangs_on_usb(__u64 disk_address) {
    struct gendisk* disk = (void*)disk_address;
    struct block_device* whole = BPF_CORE_READ(disk, part0);
    if (!whole) return false;
    struct device* device = (void*)whole + bpf_core_field_offset(struct block_device, bd_device);
    for (int i = 0; i < kMaxParents; i++) {
        device = BPF_CORE_READ(device, parent);
        if (!device) return false;
        const char* bus = BPF_CORE_READ(device, bus, name);
        char name[4] = {};
        if (bus && bpf_probe_read_kernel(name, sizeof(name), bus) == 0 && name[0] == 'u' && name[1] == 's' &&
            name[2] == 'b' && name[3] == 0)
            return true;
    }
    return false;
}

static __always_inline bool is_removable_disk(struct block_device* bdev) {
    __u32 device = BPF_CORE_READ(bdev, bd_dev);
    struct gendisk* disk = BPF_CORE_READ(bdev, bd_disk);
    if (!disk) return false;
    __u64 sequence = BPF_CORE_READ(disk, diskseq);
    struct sink* known = bpf_map_lookup_elem(&sinks, &device);
    if (known && known->disk_sequence == sequence) return known->removable;
    struct sink sink = {.disk_sequence = sequence, .removable = hangs_on_usb((__u64)disk)};
    bpf_map_update_elem(&sinks, &device, &sink, BPF_ANY);
    return sink.removable;
}

static __always_inline bool is_removable(struct super_block* sb) {
    struct block_device* bdev = sb->s_bdev;
    return bdev && is_removable_disk(bdev);
}

/* The block device behind an open device file, or null: f_mapping is the device's own inode once it is open.
 */
static __always_inline struct block_device* block_device_of(struct file* file) {
    struct inode* inode = BPF_CORE_READ(file, f_mapping, host);
    if (!inode || (BPF_CORE_READ(inode, i_mode) & kModeMask) != kModeBlock) return 0;
    return (void*)inode - bpf_core_field_offset(struct bdev_inode, vfs_inode) +
           bpf_core_field_offset(struct bdev_inode, bdev);
}

/* A tainted process brings `bytes` to removable media. `mount` may be null. */
static __always_inline int judge_removable(const struct taint* taint, struct inode* inode, __u32 device,
                                           struct dentry* dentry, struct vfsmount* mount, __u8 operation,
                                           __u64 bytes) {
    struct question question = {
        .marks = taint->marks,
        .point = kPointRemovable,
        .operation = operation,
        .bytes = bytes,
        .dentry = (__u64)dentry,
        .mount = (__u64)mount,
        .sink_device = device,
    };
    if (inode) question.file = key_of(inode);
    return decide(&question);
}
