/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device files as sinks. Raw block devices are removable media if they lie on some. Others that carry bytes
 * off the host: serial lines, tapes, optical disks, raw SCSI and USB (a phone over MTP), printers, TUN. What
 * is known by its driver only (hidraw, nvme-generic and others with numbers given at boot) is not in the
 * list.
 */
#pragma once

#include "bpf/flow.bpf.h"
#include "bpf/removable.bpf.h"

#define MESSAGE_QUEUE_MAGIC 0x19800202

enum { kMinorMask = (1 << kMinorBits) - 1, kOpticalMajor = 11 };

static __always_inline bool is_sink_character(__u32 device) {
    __u32 minor = device & kMinorMask;
    switch (device >> kMinorBits) {
        case 4: /* ttyS; terminals before */
            return minor >= 64;
        case 10: /* TUN and TAP */
            return minor == 200;
        case 6:   /* parallel printers */
        case 9:   /* tapes */
        case 21:  /* sg: any SCSI command to a stick, a burner, a tape */
        case 166: /* ttyACM */
        case 180: /* USB printers and others */
        case 188: /* ttyUSB */
        case 189: /* usbfs */
        case 204: /* serial lines of small boards */
        case 206: /* OnStream tapes */
        case 216: /* rfcomm: Bluetooth's serial lines */
            return true;
    }
    return false;
}

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
