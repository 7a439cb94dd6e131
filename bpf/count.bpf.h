/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many bytes a write brings. file_permission does not say, but rw_verify_area calls it and knows.
 * Before 6.8 sendfile, copy_file_range and splice pass both more than once for the same bytes: for the whole,
 * then again inside.
 */
#pragma once

#include "bpf/taint.bpf.h"

static __always_inline struct pending_write* pending_of_thread(__u64 flags) {
    return bpf_task_storage_get(&pending_writes, bpf_get_current_task_btf(), 0, flags);
}

TRACE("fentry/rw_verify_area", rw_verify_area, int read_write, struct file* file, const void* position,
      unsigned long count) {
    if (read_write != 1) return 0;
    if (!is_judged(taint_of_current())) return 0;
    struct pending_write* pending = pending_of_thread(BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!pending) return 0;
    pending->file = (__u64)file;
    pending->count = count;
    return 0;
}

static __always_inline __u64 take_count(struct file* file) {
    if (counts_known) {
        struct pending_write* pending = pending_of_thread(0);
        if (pending && pending->file == (__u64)file) {
            pending->file = 0;
            pending->charged = (__u64)file;
            return pending->count;
        }
    }
    count_loss(kLossUnknownCount);
    return MODELWARD_UNKNOWN_COUNT;
}

static __always_inline bool is_charged(struct file* file) {
    struct pending_write* pending = pending_of_thread(0);
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
