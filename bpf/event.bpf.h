/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports to the agent. A verdict never depends on its report: a full ring costs the report only, and is
 * counted. */
#pragma once

#include "bpf/process.bpf.h"
#include "bpf/verdict.bpf.h"

static __always_inline struct task_struct* current_leader(void) {
    struct task_struct* task = bpf_get_current_task_btf();
    return task->group_leader;
}

/* False: it did not fit. */
static __noinline bool send_event(const struct question* question, const struct answer* answer, __u8 kind) {
    struct event* event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
    if (!event) {
        count_loss(kLossRingFull);
        return false;
    }
    event->boot_ns = bpf_ktime_get_boot_ns();
    event->policy_version = answer->policy_version;
    event->bytes_requested = question->bytes;
    event->bytes_metered = answer->metered;
    event->file = question->file;
    event->marks = question->marks;
    event->sink_device = question->sink_device;
    event->rule = answer->rule;
    event->port = question->port;
    event->kind = kind;
    event->operation = question->operation;
    event->point = question->point;
    event->action = answer->action;
    event->origin = question->origin;
    event->protocol = question->protocol;
    event->reserved = 0;
    __builtin_memcpy(event->address, question->address, sizeof(event->address));
    bool whole;
    event->path_start = write_path(event->path, kPathBytes, (struct dentry*)question->dentry,
                                   (struct vfsmount*)question->mount, &whole);
    event->path_cut = !whole;
    struct task_struct* leader = current_leader();
    describe_process(&event->process, leader);
    describe_program(event, leader);
    describe_ancestors(event, leader);
    bpf_ringbuf_submit(event, 0);
    return true;
}

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

/* An alert is sent once per process, rule and target; a block again after a second, so that retries stay
 * visible. What did not fit into the ring was not sent: the next of its kind is news again. */
static __always_inline void report_verdict(const struct question* question, const struct answer* answer) {
    struct recent_key key = repetition_of(question, answer);
    __u64 now = bpf_ktime_get_boot_ns();
    __u64* last = bpf_map_lookup_elem(&recent, &key);
    if (last && (answer->action == kActionAlert || now - *last < NANOSECONDS)) {
        count_loss(kMergedEvents);
        return;
    }
    bpf_map_update_elem(&recent, &key, &now, BPF_ANY);
    if (!send_event(question, answer, kEventVerdict)) bpf_map_delete_elem(&recent, &key);
}

/* Judges, reports, and returns what the hook returns. */
static __always_inline int decide(struct question* question) {
    struct answer answer = {};
    if (!judge(question, &answer)) return 0;
    report_verdict(question, &answer);
    return answer.action == kActionBlock ? -kNoPermission : 0;
}
