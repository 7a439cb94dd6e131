/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hooks on open files: reading taints, writing is judged or flows on. Every process passes them all the time:
 * there is one program a hook, which ends early for what does not concern it. What asks a question has a
 * frame of its own, since two do not fit on the stack of one.
 */
#pragma once

#include "bpf/count.bpf.h"
#include "bpf/device.bpf.h"
#include "bpf/flow.bpf.h"
#include "bpf/guard_file.bpf.h"
#include "bpf/hooks_disk.bpf.h"
#include "bpf/place.bpf.h"
#include "bpf/send.bpf.h"

/* A process that has a file of a sink mapped for writing is about to carry marks: what it would store there
 * passes no hook, so it is judged before it can read. The verdict is that of mapping. */
static __always_inline int judge_early_mapping(const struct taint* taint, struct question* question) {
    question->point = taint->early_point;
    question->operation = kOperationMap;
    question->sink_device = taint->early_device;
    if (question->point == kPointNetworkFilesystem) name_server(question, question->sink_device);
    return ask(question);
}

/* A thread of the kernel that opens a file itself is a server's (nfsd, ksmbd). No mark on it would say whose
 * bytes it sends, so it is judged here: the file goes to a client that rules cannot name. */
static __always_inline int judge_serving(struct question* question) {
    question->point = kPointNetworkFilesystem;
    question->operation = kOperationSend;
    return ask(question);
}

/* The current process reads a labelled file: judge the access, then taint it. */
static __noinline int read_labelled(struct file* file, struct inode* inode, const struct label* label,
                                    bool opens) {
    struct taint* taint = taint_of_current();
    if (taint && (taint->flags & kTaintExempt)) return 0;
    if (label->flags & kLabelProbe) return taint_current(&label->marks, kTaintProbe) ? 0 : -kNoMemory;
    struct question question = {
        .marks = label->marks,
        .origin = label->origin,
        .point = kPointRead,
        .operation = kOperationRead,
        .file = key_of(inode),
        .bytes = inode->i_size,
        .dentry = (__u64)file->f_path.dentry,
        .mount = (__u64)file->f_path.mnt,
    };
    int refused = ask(&question);
    if (!refused && taint && (taint->flags & kTaintSharesSink))
        refused = judge_early_mapping(taint, &question);
    if (!refused && opens && (bpf_get_current_task_btf()->flags & kKernelThread))
        refused = judge_serving(&question);
    if (refused) return refused;
    return taint_current(&label->marks, 0) ? 0 : -kNoMemory;
}

/* Out of the way of all other files. */
static __noinline void read_image_of(struct inode* inode) {
    read_image(inode->i_sb->s_bdev);
    read_disk_under(inode->i_sb->s_bdev);
}

/* For reads after the open, when the label may have come later: a process that carries it all was asked
 * already. */
static __noinline int read_labelled_again(struct file* file, struct inode* inode, const struct label* label) {
    struct taint* taint = taint_of_current();
    if (taint && marks_cover(&taint->marks, &label->marks)) return 0;
    return read_labelled(file, inode, label, false);
}

static __always_inline int read_again(struct file* file, struct inode* inode) {
    if (is_on_loop_device(inode)) read_image_of(inode);
    struct label* label = label_of(inode);
    return label ? read_labelled_again(file, inode, label) : 0;
}

/* A tainted process opens a regular file for writing. */
static __noinline int open_for_writing(struct taint* taint, struct file* file, struct inode* inode) {
    if (taint->flags & kTaintProbe) {
        __sync_fetch_and_or(&taint->probe_seen, kProbeOpen);
        return 0;
    }
    if (inode->i_sb->s_magic == MESSAGE_QUEUE_MAGIC) /* its messages pass no hook */
        return flow_to_file(taint, 0, file, inode, MODELWARD_MAX_BUDGET, kOperationOpenWrite);
    __u8 place = place_of(inode->i_sb);
    if (!place) return 0;
    return judge_place(taint, place, inode, inode->i_sb->s_dev, file->f_path.dentry, file->f_path.mnt,
                       kOperationOpenWrite, 0);
}

static __always_inline int open_regular(struct file* file, struct inode* inode, umode_t mode) {
    if (is_on_loop_device(inode)) read_image_of(inode);
    struct label* label = label_of(inode);
    if (label) {
        int refused = read_labelled(file, inode, label, true);
        if (refused) return refused;
    }
    bool writes = file->f_mode & kFmodeWrite;
    if (writes) {
        struct taint* taint = taint_of_current();
        int refused = is_judged_sharer(taint) ? open_for_writing(taint, file, inode) : 0;
        if (refused) return refused;
    }
    return guard_of_open(file, inode, mode, writes);
}

HOOK(file_open, struct file* file) {
    struct inode* inode = file->f_inode;
    umode_t mode = inode->i_mode, type = mode & kModeMask;
    learn(inode);
    return type == kModeRegular ? open_regular(file, inode, mode) : open_device(file, inode, type);
}

/* Each write asks: the answer is kept for the next, as long as the disk is the same. */
static __always_inline __u8 place_of_write(struct pending_write* pending, struct super_block* sb) {
    struct block_device* bdev = sb->s_bdev;
    if (!bdev || !pending) return place_of(sb);
    __u64 sequence = bdev->bd_disk->diskseq;
    if (pending->disk == (__u64)bdev && pending->disk_sequence == sequence) return pending->place;
    const struct sink* sink = sink_without_stack(bdev);
    if (!sink) return place_of(sb);
    pending->disk = (__u64)bdev;
    pending->disk_sequence = sequence;
    pending->place = sink->removable ? kPointRemovable : 0;
    return pending->place;
}

static __always_inline int probe_write(struct taint* taint, struct inode* inode, __u64 bytes) {
    struct inode_key key = key_of(inode);
    __sync_fetch_and_or(&taint->probe_seen, kProbeWrite);
    if (bpf_map_lookup_elem(&labels, &key)) {
        __sync_fetch_and_or(&taint->probe_seen, kProbeRefused);
        return -kNoPermission;
    }
    taint->probe_write_bytes += bytes;
    return 0;
}

static __noinline int write_to_socket(const struct taint* taint, struct file* file, __u64 bytes) {
    struct socket* socket = file->private_data;
    struct sock* sk = BPF_CORE_READ(socket, sk);
    return sk ? send_to_socket(taint, socket, sk, 0, bytes) : 0;
}

static __noinline int write_to_file(struct taint* taint, struct file* file, struct inode* inode,
                                    struct pending_write* pending) {
    __u64 bytes = take_count(pending, file, true);
    if (taint->flags & kTaintProbe) return probe_write(taint, inode, bytes);
    __u8 place = place_of_write(pending, inode->i_sb);
    if (place) {
        int refused = judge_place(taint, place, inode, inode->i_sb->s_dev, file->f_path.dentry,
                                  file->f_path.mnt, kOperationWrite, bytes);
        if (refused || place == kPointRemovable) return refused;
    }
    return flow_to_file(taint, pending, file, inode, bytes, kOperationWrite);
}

static __noinline int write_to_other(struct taint* taint, struct file* file, struct inode* inode,
                                     __u64 bytes) {
    umode_t type = type_of(inode);
    if (type != kModeFifo) return write_to_device(taint, file, inode, type, kOperationWrite, bytes);
    struct inode_key key = pipe_key(pipe_of(file));
    return refuse_unmarked(flow_to_channel(taint, &key, bytes));
}

static __always_inline int write_tainted(struct taint* taint, struct file* file, struct inode* inode) {
    struct pending_write* pending = pending_of(taint, 0);
    if (is_charged(pending, file)) {
        drop_count_of(pending);
        return 0;
    }
    umode_t type = type_of(inode);
    if (type == kModeRegular) return write_to_file(taint, file, inode, pending);
    if (taint->flags & kTaintProbe) return 0;
    if (type == kModeSocket && !sends_bypass_sendmsg()) return 0;
    __u64 bytes = take_count(pending, file, false);
    return type == kModeSocket ? write_to_socket(taint, file, bytes)
                               : write_to_other(taint, file, inode, bytes);
}

static __noinline void read_disk_of(struct file* file) {
    read_disk(block_device_of(file));
}

static __noinline void map_disk(struct file* file) {
    read_disk(block_device_of(file));
    map_blocks(file);
}

HOOK(file_permission, struct file* file, int mask) {
    struct inode* inode = file->f_inode;
    if (mask & kMayWrite) {
        struct taint* taint = taint_of_current();
        return is_judged_sharer(taint) ? write_tainted(taint, file, inode) : 0;
    }
    if (!(mask & kMayRead)) return 0;
    umode_t type = type_of(inode);
    if (type == kModeRegular) return read_again(file, inode);
    if (type == kModeBlock) read_disk_of(file);
    return 0;
}

/* A process maps a file or a disk shared and writable: what it reads later and stores there passes no hook.
 * Remembered until it execs, for munmap has no hook either. Not 0: no memory to remember it. */
static __noinline int note_mapping(struct file* file, struct inode* inode, umode_t type) {
    if (type != kModeRegular && type != kModeBlock) return 0;
    struct taint* taint = begin_sharing();
    if (!taint) return -kNoMemory;
    if (taint->flags & kTaintExempt) return 0;
    __u8 place = 0;
    __u32 device = inode->i_sb->s_dev;
    if (type == kModeRegular) {
        place = place_of(inode->i_sb);
    } else {
        struct block_device* bdev = block_device_of(file);
        if (bdev) place = place_of_disk(bdev);
        if (place) device = BPF_CORE_READ(bdev, bd_dev);
    }
    if (place) {
        taint->early_point = place;
        taint->early_device = device;
        __sync_fetch_and_or(&taint->flags, kTaintSharesSink);
    }
    return note_sharing();
}

/* What is stored into a shared mapping later passes no hook: it is judged now, as far as it can be made
 * writable. */
static __noinline int map_for_writing(struct taint* taint, struct file* file, struct inode* inode) {
    umode_t type = type_of(inode);
    if (taint->flags & kTaintProbe) {
        __sync_fetch_and_or(&taint->probe_seen, kProbeMap);
        return 0;
    }
    if (type != kModeRegular)
        return write_to_device(taint, file, inode, type, kOperationMap, MODELWARD_MAX_BUDGET);
    __u8 place = place_of(inode->i_sb);
    if (place) {
        int refused = judge_place(taint, place, inode, inode->i_sb->s_dev, file->f_path.dentry,
                                  file->f_path.mnt, kOperationMap, inode->i_size);
        if (refused || place == kPointRemovable) return refused;
    }
    return flow_to_file(taint, 0, file, inode, MODELWARD_MAX_BUDGET, kOperationMap);
}

/* The kernel's lsm hook has one argument more than security_mmap_file: reqprot, before prot. */
static __always_inline int map_file(struct file* file, unsigned long flags) {
    struct inode* inode = file->f_inode;
    umode_t type = type_of(inode);
    if (type == kModeRegular) {
        int refused = read_again(file, inode);
        if (refused) return refused;
    }
    if (type == kModeBlock) map_disk(file);
    if ((flags & kMapTypeMask) == kMapPrivate || !(file->f_mode & kFmodeWrite)) return 0;
    struct taint* taint = taint_of_current();
    int refused = is_judged_sharer(taint) ? map_for_writing(taint, file, inode) : 0;
    return refused ? refused : note_mapping(file, inode, type);
}

/* Memory that no file is behind comes without one. The verifier of 6.12 takes the hook's argument for a
 * pointer that is never null, and removes a comparison with null as dead code: the kernel would fault. So it
 * is read as a number as well. */
static __always_inline bool comes_without_file(unsigned long long* ctx) {
    __u64 file = 0;
    bpf_probe_read_kernel(&file, sizeof(file), &ctx[0]);
    return file == 0;
}

HOOK(mmap_file, struct file* file) {
    unsigned long third = ctx[2], fourth = ctx[3];
    asm volatile(""
                 : "+r"(third), "+r"(fourth)); /* or clang loads from one computed place, which is refused */
    unsigned long flags = as_fmod_ret ? third : fourth;
    if (!file || comes_without_file(ctx)) return (flags & kMapTypeMask) == kMapPrivate ? 0 : note_sharing();
    return map_file(file, flags);
}

/* A descriptor arrives: SCM_RIGHTS or pidfd_getfd. */
HOOK(file_receive, struct file* file) {
    note_probe(taint_of_current(), kProbeReceive);
    struct inode* inode = file->f_inode;
    return type_of(inode) == kModeRegular ? read_again(file, inode) : 0;
}
