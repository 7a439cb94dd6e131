/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading a disk's blocks under its file system (debugfs, dd, a backup of the device). The agent labels each
 * disk that holds a labelled file, under the inode number 0 and the medium's sequence number: devices' own
 * numbers are used again. What asks a disk what is on it reads its first and last 512 KiB (blkid, udev: 1 MiB
 * each time) and little else, so those do not count; a user's processes are tainted once they have read 1 MiB
 * between them in a day, those of no login (udev, udisks, LVM, all together) after 4 MiB. Nothing is refused
 * here: the function reads, and is no security hook.
 */
#pragma once

#include "bpf/ask.bpf.h"
#include "bpf/backing.bpf.h"
#include "bpf/flow.bpf.h"

enum { kDiskEdgeBytes = 512 << 10, kSectorBits = 9 };
enum { kDiskReadBytes = 1 << 20, kSystemReadsTimes = 4, kDiskReadSeconds = 24 * 60 * 60 };

static __always_inline struct inode_key disk_key(struct block_device* bdev) {
    struct inode_key key = {.device = BPF_CORE_READ(bdev, bd_dev),
                            .generation = BPF_CORE_READ(bdev, bd_disk, diskseq)};
    return key;
}

static __always_inline struct label* label_of_disk(const struct inode_key* key) {
    return may_have_label(key->inode) ? bpf_map_lookup_elem(&labels, key) : 0;
}

static long look_for_labelled_disk(__u32 round, struct stack_walk* walk) {
    if (walk->at >= walk->count) return 1;
    struct block_device* bdev = (void*)walk->found[walk->at & (kMaxStack - 1)];
    struct inode_key key = disk_key(bdev);
    if (label_of_disk(&key)) return 1;
    walk->at += 1;
    stack_push(walk, loop_disk(bdev));
    struct gendisk* disk = BPF_CORE_READ(bdev, bd_disk);
    stack_push_slaves(walk, (__u64)disk);
    return 0;
}

/* The labelled disk that a block device is or lies on, into `key`: a loop device or a mapping that somebody
 * laid over the disk is the disk. */
VERIFIED_ONCE int find_labelled_disk(const struct bdev_address* bdev, struct inode_key* key) {
    if (!bdev || !key) return 0;
    struct stack_walk walk = {.found = {bdev->address}, .count = 1};
    bpf_loop(kMaxStack, look_for_labelled_disk, &walk, 0);
    if (walk.at < walk.count) *key = disk_key((void*)walk.found[walk.at & (kMaxStack - 1)]);
    return 0;
}

/* All that a user has read of the disk on this day; what nobody who logged in has read counts less. */
static __noinline __u64 disk_read_add(__u32 device, __u64 bytes) {
    struct task_struct* task = bpf_get_current_task_btf();
    __u64 day = bpf_ktime_get_boot_ns() / NANOSECONDS / kDiskReadSeconds;
    struct inode_key key = {.inode = day << 32 | payer(task), .device = DISK_DEVICE, .generation = device};
    __u64 total = flow_add(&key, bytes);
    return task->loginuid.val == kNoUser ? total / kSystemReadsTimes : total;
}

static __noinline int report_disk_read(struct file* file, const struct label* label, __u64 bytes) {
    struct question question = {
        .marks = label->marks,
        .origin = kOriginDerived,
        .point = kPointRead,
        .operation = kOperationRead,
        .bytes = bytes,
        .dentry = (__u64)BPF_CORE_READ(file, f_path.dentry),
        .mount = (__u64)BPF_CORE_READ(file, f_path.mnt),
    };
    return ask(&question);
}

/* What lies on the disk that a block device is or lies on, and the disk in `key`. */
static __always_inline const struct label* label_below(struct block_device* bdev, struct inode_key* key) {
    struct bdev_address address = {(__u64)bdev};
    find_labelled_disk(&address, key);
    return key->device ? bpf_map_lookup_elem(&labels, key) : 0;
}

/* A thread of the kernel reads for who reads the loop device, who is looked at himself. */
static __noinline int read_blocks(struct file* file, __u64 bytes) {
    struct block_device* bdev = block_device_of(file);
    if (!bdev || (bpf_get_current_task_btf()->flags & kKernelThread)) return 0;
    struct inode_key key = {};
    const struct label* label = label_below(bdev, &key);
    if (!label) return 0;
    struct taint* taint = taint_of_current();
    if (taint && ((taint->flags & (kTaintExempt | kTaintProbe)) || marks_cover(&taint->marks, &label->marks)))
        return 0;
    __u64 total = disk_read_add(key.device, bytes);
    if (total < kDiskReadBytes) return 0;
    report_disk_read(file, label, total);
    taint_current(&label->marks, 0);
    return 0;
}

/* Without a file system's data, as good as always. */
static __noinline bool is_edge_of_disk(struct file* file, __u64 at, __u64 bytes) {
    struct block_device* bdev = block_device_of(file);
    __u64 size = bdev ? BPF_CORE_READ(bdev, bd_nr_sectors) << kSectorBits : 0;
    return at + bytes <= kDiskEdgeBytes || at + kDiskEdgeBytes >= size;
}

TRACE("fentry/blkdev_read_iter", disk_read, struct kiocb* iocb, struct iov_iter* to) {
    return is_edge_of_disk(iocb->ki_filp, iocb->ki_pos, to->count) ? 0
                                                                   : read_blocks(iocb->ki_filp, to->count);
}

/* Since 6.5 a splice passes this instead. It is any file's: told by its type. */
TRACE("fentry/filemap_splice_read", disk_spliced, struct file* in, __s64* position, void* pipe,
      unsigned long length) {
    __s64 at = 0; /* the verifier takes a pointer to a number for a number */
    bpf_probe_read_kernel(&at, sizeof(at), position);
    if (type_of(in->f_inode) != kModeBlock || is_edge_of_disk(in, at, length)) return 0;
    return read_blocks(in, length);
}

/* A file system is mounted once more, from a loop device over its disk: its files have other names there. */
static __always_inline void read_disk_under(struct block_device* loop) {
    struct block_device* disk = loop_disk(loop);
    struct inode_key key = {};
    const struct label* label = disk ? label_below(disk, &key) : 0;
    if (label) taint_current(&label->marks, 0);
}

/* Whatever is read through a mapping passes nothing. */
static __always_inline void map_blocks(struct file* file) {
    read_blocks(file, kDiskReadBytes * kSystemReadsTimes);
}
