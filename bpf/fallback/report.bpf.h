/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verdicts and their reports, where no hook tells of the current process: who is judged comes from the
 * tables. The rest of a report (program, arguments, ancestors) is added by user space from /proc.
 */
#pragma once

#include "bpf/fallback/maps.bpf.h"
#include "bpf/verdict.bpf.h"

static __always_inline __u64 target_of(const struct question* question) {
    if (question->point == kPointRead) return 0;
    __u64 high, low;
    __builtin_memcpy(&high, question->address, sizeof(high));
    __builtin_memcpy(&low, question->address + 8, sizeof(low));
    __u64 place = question->file.inode ^ (__u64)question->file.device << 40 ^ (__u64)question->port << 24 ^
                  (__u64)question->sink_device << 20;
    return place ^ high * 31 ^ low ^ (__u64)question->operation << 56;
}

/* An alert is sent once in ten minutes per process, rule and target, a block again after a second; what is
 * left out is counted in the next report. Fills in the answer's count and bytes. */
static __always_inline bool is_repetition(const struct question* question, struct answer* answer,
                                          const struct process_record* process) {
    struct recent_key key = {
        .process = process->start_boot_ns ^ (__u64)process->pid << 40,
        .rule = answer->identity,
        .target = target_of(question),
    };
    answer->count = 1;
    answer->bytes = question->bytes;
    struct reported fresh = {.at = bpf_ktime_get_boot_ns()};
    struct reported* last = bpf_map_lookup_elem(&reported, &key);
    __u64 pause = answer->action == kActionAlert ? 600 * NANOSECONDS : NANOSECONDS;
    if (last && fresh.at - last->at < pause) {
        __sync_fetch_and_add(&last->count, 1);
        __sync_fetch_and_add(&last->bytes, question->bytes);
        count_loss(kMergedEvents);
        return true;
    }
    if (last) {
        answer->count += last->count;
        answer->bytes += last->bytes;
    }
    bpf_map_update_elem(&reported, &key, &fresh, BPF_ANY);
    return false;
}

static __always_inline void name_process(struct process_record* record, const struct process_taint* owner,
                                         __u32 pid) {
    record->start_boot_ns = owner->start_boot_ns;
    record->pid = pid;
    record->uid = owner->uid;
    record->login_uid = owner->login_uid;
    record->reserved = 0;
    __builtin_memcpy(record->name, owner->name, sizeof(record->name));
}

static __noinline int report_owner(const struct question* question, struct answer* answer,
                                   const struct process_taint* owner, __u32 pid) {
    struct process_record process = {};
    name_process(&process, owner, pid);
    if (is_repetition(question, answer, &process)) return 0;
    struct event* event = answer->action == kActionAlert ? bpf_ringbuf_reserve(&events, sizeof(*event), 0)
                                                         : bpf_ringbuf_reserve(&blocks, sizeof(*event), 0);
    if (!event) {
        count_loss(kLossRingFull);
        return 0;
    }
    event->boot_ns = bpf_ktime_get_boot_ns();
    event->policy_version = answer->policy_version;
    event->count = answer->count;
    event->bytes_requested = answer->bytes;
    event->bytes_metered = answer->metered;
    event->file = question->file;
    event->marks = question->marks;
    event->sink_device = question->sink_device;
    event->rule = answer->rule;
    event->port = question->port;
    event->kind = kEventVerdict;
    event->operation = question->operation;
    event->point = question->point;
    event->action = answer->action;
    event->origin = 0;
    event->protocol = question->protocol;
    event->ancestor_count = 0;
    event->reserved = 0;
    __builtin_memcpy(event->address, question->address, sizeof(event->address));
    write_name(event->domain, question->socket, question->address);
    event->path_start = kPathBytes;
    event->exe_start = kExeBytes;
    event->args_length = 0;
    event->path_cut = 0;
    event->process = process;
    bpf_ringbuf_submit(event, 0);
    return 0;
}

/* judge_as() for programs with many ways to it: as a global function it is verified once, and not for each.
 */
VERIFIED_ONCE bool judge_other(struct question* question, struct answer* answer,
                               const struct subject* subject) {
    if (!question || !answer || !subject) return false;
    struct subject own = *subject;
    return judge_as(question, answer, &own);
}

/* True: a rule fires, and stands in `answer`; it holds the rule that was asked in any case. */
static __always_inline bool judge_owner(struct question* question, struct answer* answer,
                                        const struct process_taint* owner, __u32 pid) {
    struct subject subject = {
        .program = owner->program, .uid = owner->uid, .payer = payer_of(owner->login_uid, owner->uid)};
    if (!judge_other(question, answer, &subject) || answer->exempt) return false;
    report_owner(question, answer, owner, pid);
    return true;
}
