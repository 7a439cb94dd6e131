/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a block device lies on: loop devices on a file, stacked ones (device mapper, md) on other devices.
 * The stack is walked anew for every judged operation (a disk that stands on a bus is none, and its answer is
 * kept, removable.bpf.h): a device mapper table can be swapped under a device that stays the same.
 */
#pragma once

#include "bpf/device_numbers.h"
#include "bpf/inode.bpf.h"
#include "bpf/verifier.bpf.h"

enum { kLoopMajor = 7, kPartitionMajor = 259, kMaxStack = 8 };

static __always_inline __u32 major_of(__u32 device) {
    return device >> kMinorBits;
}

/* Of the disk that a block device is or is a partition of: partitions may have numbers of a major that says
 * nothing (losetup -P). */
static __always_inline __u32 disk_major(struct block_device* bdev) {
    return BPF_CORE_READ(bdev, bd_disk, major);
}

/* Asked at every open and read: where the loop module is not loaded this costs next to nothing. */
static __always_inline bool is_on_loop_device(struct inode* inode) {
    if (!variables.loop_file) return false;
    __u32 major = major_of(inode->i_sb->s_dev);
    if (major != kPartitionMajor) return major == kLoopMajor;
    struct block_device* bdev = inode->i_sb->s_bdev;
    return bdev && bdev->bd_disk->major == kLoopMajor;
}

/* Of a block device's own inode, null if it is none. */
static __always_inline struct block_device* block_device_of_inode(struct inode* inode) {
    if (!inode || (BPF_CORE_READ(inode, i_mode) & kModeMask) != kModeBlock) return 0;
    return (void*)inode - bpf_core_field_offset(struct bdev_inode, vfs_inode) +
           bpf_core_field_offset(struct bdev_inode, bdev);
}

/* The block device behind an open device file, or null: f_mapping is the device's own inode once it is open.
 */
static __always_inline struct block_device* block_device_of(struct file* file) {
    return block_device_of_inode(BPF_CORE_READ(file, f_mapping, host));
}

/* The file behind a loop device. Null: it has none, or the agent has not found out where the module keeps it
 * (`known` is false then): struct loop_device belongs to a module, which may not be loaded when we are. */
static __always_inline struct file* loop_file(struct block_device* loop, bool* known) {
    __u64 offset = variables.loop_file;
    *known = offset;
    if (!offset) return 0;
    void* device = BPF_CORE_READ(loop, bd_disk, private_data);
    struct file* file = 0;
    if (device) bpf_probe_read_kernel(&file, sizeof(file), device + (offset - 1));
    return file;
}

/* The inode that holds what is written to a loop device: for marks, which go there too. */
static __always_inline struct inode* loop_inode(struct block_device* loop) {
    bool known;
    if (!loop || disk_major(loop) != kLoopMajor) return 0;
    struct file* file = loop_file(loop, &known);
    return file ? BPF_CORE_READ(file, f_inode) : 0;
}

/* A global function takes no kernel pointer, but memory that holds one. */
struct bdev_address {
    __u64 address;
};

/* The disk behind a loop device that lies on no file, but on a disk itself. */
static __always_inline struct block_device* loop_disk(struct block_device* loop) {
    bool known;
    if (!loop || disk_major(loop) != kLoopMajor) return 0;
    struct file* file = loop_file(loop, &known);
    return file ? block_device_of(file) : 0;
}

/* A walk down the stack: devices found and not yet looked at. */
struct stack_walk {
    __u64 found[kMaxStack]; /* their addresses */
    __u32 count;
    __u32 at;
    bool unknown; /* something on the way could not be looked through */
    bool network; /* a network block device was on the way */
};

static __always_inline void stack_push(struct stack_walk* walk, struct block_device* bdev) {
    if (!bdev) return;
    if (walk->count >= kMaxStack)
        walk->unknown = true;
    else
        walk->found[walk->count++ & (kMaxStack - 1)] = (__u64)bdev;
}

/* `address`: of a struct gendisk; 0: there is none. */
VERIFIED_ONCE int stack_push_slaves(struct stack_walk* walk, __u64 address) {
    if (!walk || !address || !bpf_core_field_exists(struct gendisk, slave_bdevs)) return 0;
    struct gendisk* disk = (void*)address;
    struct list_head* end = (void*)disk + bpf_core_field_offset(struct gendisk, slave_bdevs);
    struct list_head* at = BPF_CORE_READ(end, next);
    for (int i = 0; i < kMaxStack && at && at != end; i++) {
        struct bd_holder_disk* slave = (void*)at - bpf_core_field_offset(struct bd_holder_disk, list);
        if (bpf_core_field_exists(slave->holder_dir)) {
            struct kobject* device = BPF_CORE_READ(slave, holder_dir, parent);
            if (device)
                stack_push(walk, (void*)device - bpf_core_field_offset(struct device, kobj) -
                                     bpf_core_field_offset(struct block_device, bd_device));
        } else {
            stack_push(walk, BPF_CORE_READ((struct bd_holder_disk___old*)slave, bdev));
        }
        at = BPF_CORE_READ(at, next);
    }
    return 0;
}
