/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many bytes a write brings. file_permission does not say, but rw_verify_area calls it and knows.
 * Before 6.8 sendfile, copy_file_range and splice pass both more than once for the same bytes: for the whole,
 * then again inside.
 */
#pragma once

#include "bpf/taint.bpf.h"

/* What the current thread is about to write; `taint` is its process's. A look-up costs as much as all else on
 * the way of a write, so a process of one thread pays for one. */
static __always_inline struct pending_write* pending_of(struct taint* taint, __u64 flags) {
    struct task_struct* task = bpf_get_current_task_btf();
    if (task->pid == task->tgid) return &taint->pending;
    return bpf_task_storage_get(&pending_writes, task, 0, flags);
}

/* Null: it writes nothing that is judged. */
static __always_inline struct pending_write* pending_of_thread(__u64 flags) {
    struct taint* taint = taint_of_current();
    return taint ? pending_of(taint, flags) : 0;
}

static __always_inline void note_count(struct file* file, __u64 count) {
    struct taint* taint = taint_of_current();
    if (!is_judged_sharer(taint)) return;
    struct pending_write* pending = pending_of(taint, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!pending) return;
    pending->file = (__u64)file;
    pending->count = count;
}

static __always_inline void drop_count_of(struct pending_write* pending) {
    if (pending) pending->file = 0;
}

static __always_inline void drop_count(void) {
    drop_count_of(pending_of_thread(0));
}

/* What rw_verify_area refuses by itself leaves a note behind: the next operation on the file comes with a
 * count of its own, or drops it. */
TRACE("fentry/rw_verify_area", rw_verify_area, int read_write, struct file* file, const void* position,
      unsigned long count) {
    if (read_write == 1) note_count(file, count);
    return 0;
}

/* Asks file_permission for writing as FICLONE does, and brings no content. */
TRACE("fentry/vfs_fallocate", fallocate_begin, struct file* file) {
    note_count(file, 0);
    return 0;
}

TRACE("fexit/vfs_fallocate", fallocate_end, struct file* file) {
    drop_count();
    return 0;
}

/* FICLONE comes without a count: whatever was noted is not its own. */
TRACE("fentry/vfs_clone_file_range", clone_begin, struct file* in) {
    drop_count();
    return 0;
}

/* `pending` is the thread's, or null. A regular file without a count is a clone of any size, where counts are
 * known. */
static __always_inline __u64 take_count(struct pending_write* pending, struct file* file, bool is_regular) {
    if (counts_known && pending && pending->file == (__u64)file) {
        pending->file = 0;
        pending->charged = (__u64)file;
        return pending->count;
    }
    count_loss(kLossUnknownCount);
    return counts_known && is_regular ? MODELWARD_MAX_BUDGET : MODELWARD_UNKNOWN_COUNT;
}

static __always_inline bool is_charged(const struct pending_write* pending, struct file* file) {
    return pending && pending->splicing == (__u64)file;
}

/* Called for sendfile and copy_file_range, whose whole count has just been charged to `out`. */
TRACE("fentry/do_splice_direct", splice_direct_begin, struct file* in, void* in_position, struct file* out) {
    struct pending_write* pending = pending_of_thread(0);
    if (pending && pending->charged == (__u64)out) pending->splicing = (__u64)out;
    return 0;
}

TRACE("fexit/do_splice_direct", splice_direct_end, struct file* in, void* in_position, struct file* out) {
    struct pending_write* pending = pending_of_thread(0);
    if (pending) pending->splicing = 0;
    return 0;
}

/* Called for each part of any splice into a file, after the whole was charged. */
TRACE("fentry/iter_file_splice_write", splice_write_begin, void* pipe, struct file* out) {
    struct pending_write* pending = pending_of_thread(0);
    if (pending) pending->splicing = (__u64)out;
    return 0;
}

TRACE("fexit/iter_file_splice_write", splice_write_end, void* pipe, struct file* out) {
    struct pending_write* pending = pending_of_thread(0);
    if (pending) pending->splicing = 0;
    return 0;
}
