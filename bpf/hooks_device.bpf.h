/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes that go into a device by ioctl: they come without a count, MODELWARD_UNKNOWN_COUNT is charged for
 * each.
 */
#pragma once

#include "bpf/device.bpf.h"

/* Type and number of a command; the size in it differs for programs of 32 bits. */
enum {
    kCommandMask = 0xffff,
    kScsiIo = 0x2285,     /* SG_IO, on block devices too */
    kUsbControl = 0x5500, /* USBDEVFS_CONTROL, _BULK, _SUBMITURB */
    kUsbBulk = 0x5502,
    kUsbSubmit = 0x550a,
};

static __always_inline bool carries_bytes(unsigned int command) {
    command &= kCommandMask;
    return command == kScsiIo || command == kUsbControl || command == kUsbBulk || command == kUsbSubmit;
}

static __always_inline int judge_ioctl(struct file* file, unsigned int command) {
    struct inode* inode = file->f_inode;
    umode_t type = type_of(inode);
    if (type != kModeCharacter && type != kModeBlock) return 0;
    if (!carries_bytes(command)) return 0;
    struct taint* taint = taint_of_current();
    if (!is_judged_sharer(taint) || (taint->flags & kTaintProbe)) return 0;
    return write_to_device(taint, file, inode, type, kOperationWrite, MODELWARD_UNKNOWN_COUNT);
}

HOOK_AS(device_ioctl, file_ioctl, struct file* file, unsigned int command) {
    return judge_ioctl(file, command);
}

HOOK_AS(device_ioctl_compat, file_ioctl_compat, struct file* file, unsigned int command) {
    return judge_ioctl(file, command);
}
