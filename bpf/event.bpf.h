/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verdicts are reported, and equal ones counted instead of sent: by process, rule and target, and where there
 * is no room for that, by rule. A verdict never depends on its report, and every verdict is in the count of
 * exactly one report: what does not fit into the ring waits here for the next report or the agent's sweep.
 */
#pragma once

#include "bpf/judge.bpf.h"
#include "bpf/record.bpf.h"
#include "bpf/taint.bpf.h"

/* An equal refusal is reported again after a second, so that retries stay visible; an equal alert after ten
 * minutes. */
#define REFUSAL_INTERVAL NANOSECONDS
#define ALERT_INTERVAL (600 * NANOSECONDS)

/* What an equal report is equal in: the file or the remote address. All reads of one process under one rule
 * are. */
static __always_inline __u64 target_of(const struct question* question) {
    if (question->point == kPointRead) return 0;
    __u64 high, low;
    __builtin_memcpy(&high, question->address, sizeof(high));
    __builtin_memcpy(&low, question->address + 8, sizeof(low));
    __u64 place = question->file.inode ^ (__u64)question->file.device << 40 ^ (__u64)question->port << 24;
    return place ^ high * 31 ^ low ^ (__u64)question->operation << 56;
}

static __always_inline struct recent_key repetition_of(const struct question* question,
                                                       const struct answer* answer) {
    struct task_struct* leader = current_leader();
    struct recent_key key = {
        .process = leader->start_boottime ^ (__u64)leader->tgid << 40,
        .rule = answer->identity,
        .target = target_of(question),
    };
    return key;
}

static __always_inline void remember(struct repeated* seen, const struct question* question,
                                     const struct answer* answer) {
    seen->policy_version = answer->policy_version;
    seen->bytes_metered = answer->metered;
    seen->file = question->file;
    seen->marks = question->marks;
    __builtin_memcpy(seen->address, question->address, sizeof(seen->address));
    seen->sink_device = question->sink_device;
    seen->socket = question->socket;
    seen->rule = answer->rule;
    seen->port = question->port;
    seen->operation = question->operation;
    seen->point = question->point;
    seen->action = answer->action;
    seen->origin = question->origin;
    seen->protocol = question->protocol;
    describe_process(&seen->process, current_leader());
}

/* False: the entry is being taken out of its table, and counts nothing more. */
static __always_inline bool count_in(struct repeated* seen, __u64 count, __u64 bytes) {
    if (__sync_fetch_and_add(&seen->waiting, count) & MODELWARD_FORGOTTEN) return false;
    __sync_fetch_and_add(&seen->waiting_bytes, bytes);
    return true;
}

static __always_inline __u64 interval_of(__u32 action) {
    return action == kActionAlert ? ALERT_INTERVAL : REFUSAL_INTERVAL;
}

static __always_inline void count_by_rule(const struct question* question, const struct answer* answer) {
    __u32 place = answer->slot * kRules + answer->rule;
    struct repeated* seen = bpf_map_lookup_elem(&crowd, &place);
    if (!seen) { /* the guard's own reports belong to no rule of a policy */
        count_loss(kLossRingFull);
        return;
    }
    if (!seen->waiting) remember(seen, question, answer);
    count_in(seen, answer->count, answer->bytes);
    count_loss(kMergedByRule);
}

/* The value of an entry that counts nothing yet: too large for the stack. */
const volatile __u64 nothing_seen[sizeof(struct repeated) / sizeof(__u64)] = {};

static __always_inline struct repeated* find_or_add(const struct recent_key* key) {
    struct repeated* seen = bpf_map_lookup_elem(&recent, key);
    if (seen) return seen;
    bpf_map_update_elem(&recent, key, (const void*)nothing_seen, BPF_NOEXIST);
    return bpf_map_lookup_elem(&recent, key);
}

static __noinline int report_verdict(const struct question* question, struct answer* answer) {
    struct recent_key key = repetition_of(question, answer);
    struct repeated* seen = find_or_add(&key);
    answer->count = 1;
    answer->bytes = question->bytes;
    if (!seen || !count_in(seen, 1, question->bytes)) {
        if (!send_event(question, answer, kEventVerdict)) count_by_rule(question, answer);
        return 0;
    }
    __u64 now = bpf_ktime_get_boot_ns();
    __u64 last = seen->reported_ns;
    if (last && now - last < interval_of(answer->action)) {
        count_loss(kMergedEvents);
        return 0;
    }
    /* Before the time is set, from which on the sweep may report it. */
    remember(seen, question, answer);
    if (__sync_val_compare_and_swap(&seen->reported_ns, last, now) != last) {
        count_loss(kMergedEvents);
        return 0;
    }
    answer->count = __sync_lock_test_and_set(&seen->waiting, 0) & ~MODELWARD_FORGOTTEN;
    answer->bytes = __sync_lock_test_and_set(&seen->waiting_bytes, 0);
    if (!answer->count || send_event(question, answer, kEventVerdict)) return 0;
    count_loss(kDelayed);
    seen->reported_ns = now - interval_of(answer->action); /* the next of its kind is news again */
    if (!count_in(seen, answer->count, answer->bytes)) count_by_rule(question, answer);
    return 0;
}

/* An exempt program is used, which is told once: from now on its process is as exempt as the agent. */
static __noinline int exempt_current(const struct question* question, struct answer* answer) {
    struct taint* taint = bpf_task_storage_get(&taints, current_leader(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!taint) {
        count_loss(kLossTaint);
        return 0;
    }
    if (__sync_fetch_and_or(&taint->flags, kTaintExempt) & kTaintExempt) return 0;
    answer->count = 1;
    answer->bytes = question->bytes;
    if (!send_event(question, answer, kEventExempt)) count_loss(kLossRingFull);
    return 0;
}

/* Ends the process, its threads and workers included; the operation is refused all the same. */
static __always_inline int kill_current(void) {
    bpf_send_signal(kSignalKill);
    return -kNoPermission;
}

/* Judges, reports, and returns what the hook returns. */
static __always_inline int decide(struct question* question) {
    struct answer answer = {};
    if (!judge(question, &answer)) return 0;
    if (answer.exempt) return exempt_current(question, &answer);
    report_verdict(question, &answer);
    if (answer.action == kActionBlock) return -kNoPermission;
    if (answer.action == kActionThrottle) return -kTryAgain;
    return answer.action == kActionKill ? kill_current() : 0;
}
