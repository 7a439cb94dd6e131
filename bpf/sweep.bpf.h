/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Run by the agent once a second: verdicts that were counted and not reported, because a flood has ended or
 * its ring was full, are reported now; entries that nobody has touched for long make room. A program, because
 * user space cannot take a number out of a map without losing what is added at that moment.
 */
#pragma once

#include "bpf/event.bpf.h"
#include "bpf/flow.bpf.h"

struct bpf_map;

#define kUnplacedNs (10ull * 60 * 1000000000)

struct sweep {
    __u64 now;
    __u64 forget_after;
};

static __always_inline void report_waiting(struct repeated* seen, const struct sweep* sweep) {
    if (seen->reported_ns && sweep->now - seen->reported_ns < interval_of(seen->action)) return;
    __u64 count = __sync_lock_test_and_set(&seen->waiting, 0);
    __u64 bytes = __sync_lock_test_and_set(&seen->waiting_bytes, 0);
    if (!count) return;
    if (send_repeated(seen, count, bytes, sweep->now)) {
        seen->reported_ns = sweep->now;
        return;
    }
    __sync_fetch_and_add(&seen->waiting, count);
    __sync_fetch_and_add(&seen->waiting_bytes, bytes);
}

static long sweep_recent(struct bpf_map* map, const void* key, struct repeated* seen, struct sweep* sweep) {
    if (seen->waiting & MODELWARD_FORGOTTEN) {
        bpf_map_delete_elem(&recent, key);
        return 0;
    }
    /* Counted and not yet described: whoever does that is about to report it. */
    if (!seen->reported_ns) return 0;
    if (seen->waiting) {
        report_waiting(seen, sweep);
        return 0;
    }
    if (sweep->now - seen->reported_ns < sweep->forget_after) return 0;
    /* Whoever counts in it from here on sees that it goes. */
    if (__sync_val_compare_and_swap(&seen->waiting, 0, MODELWARD_FORGOTTEN) == 0)
        bpf_map_delete_elem(&recent, key);
    return 0;
}

static long sweep_crowd(struct bpf_map* map, const void* key, struct repeated* seen, struct sweep* sweep) {
    if (seen->waiting) report_waiting(seen, sweep);
    return 0;
}

static __always_inline void sweep_unplaced(const struct sweep* sweep) {
    struct unplaced* all = unplaced_marks();
    if (all && all->marks.classes && sweep->now - all->since_ns > kUnplacedNs)
        __builtin_memset(all, 0, sizeof(*all));
}

SEC("syscall") int sweep(struct sweep_request* request) {
    struct sweep sweep = {.now = bpf_ktime_get_boot_ns(), .forget_after = request->forget_after_ns};
    bpf_for_each_map_elem(&recent, sweep_recent, &sweep, 0);
    bpf_for_each_map_elem(&crowd, sweep_crowd, &sweep, 0);
    sweep_unplaced(&sweep);
    return 0;
}
