/* SPDX-License-Identifier: GPL-2.0-only */
/* Device files as sinks. Raw block devices are removable media if they lie on some. */
#pragma once

#include "bpf/device_numbers.h"
#include "bpf/flow.bpf.h"
#include "bpf/place.bpf.h"

#define MESSAGE_QUEUE_MAGIC 0x19800202

/* `bytes` of a tainted process for a device file. */
static __always_inline int write_to_device(const struct taint* taint, struct file* file, struct inode* inode,
                                           umode_t type, __u8 operation, __u64 bytes) {
    __u8 point = kPointDevice;
    __u32 device = inode->i_rdev;
    if (type == kModeBlock) {
        struct block_device* bdev = block_device_of(file);
        __u8 place = bdev ? place_of_disk(bdev) : 0;
        if (place) {
            point = place;
            device = BPF_CORE_READ(bdev, bd_dev);
        } else if (major_of(device) != kOpticalMajor) {
            if (bdev) flow_to_image(taint, bdev, bytes);
            return 0;
        }
    } else if (type != kModeCharacter || !is_sink_character(device)) {
        return 0;
    }
    return judge_place(taint, point, inode, device, file->f_path.dentry, file->f_path.mnt, operation, bytes);
}

/* At an open the device itself is not in f_mapping yet: raw disks are judged when they are written. */
static __noinline int open_device(struct file* file, struct inode* inode, umode_t type) {
    if (!(file->f_mode & kFmodeWrite) || (type != kModeCharacter && type != kModeBlock)) return 0;
    struct taint* taint = taint_of_current();
    if (!is_judged_sharer(taint) || (taint->flags & kTaintProbe)) return 0;
    __u32 device = inode->i_rdev;
    if (type == kModeCharacter ? !is_sink_character(device) : major_of(device) != kOpticalMajor) return 0;
    return judge_place(taint, kPointDevice, inode, device, file->f_path.dentry, file->f_path.mnt,
                       kOperationOpenWrite, 0);
}
