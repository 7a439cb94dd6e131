/* SPDX-License-Identifier: GPL-2.0-only */
/* Records for the agent: what was refused goes into a ring of its own, so that nothing else can fill it. */
#pragma once

#include "bpf/process.bpf.h"
#include "bpf/verdict.bpf.h"

static __always_inline struct task_struct* current_leader(void) {
    struct task_struct* task = bpf_get_current_task_btf();
    return task->group_leader;
}

static __always_inline bool is_refusal(__u8 kind, __u32 action) {
    return kind == kEventVerdict && action != kActionAlert;
}

/* False: it did not fit. */
static __always_inline bool write_event(const struct question* question, const struct answer* answer,
                                        __u8 kind) {
    struct event* event = is_refusal(kind, answer->action) ? bpf_ringbuf_reserve(&blocks, sizeof(*event), 0)
                                                           : bpf_ringbuf_reserve(&events, sizeof(*event), 0);
    if (!event) return false;
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
    event->kind = kind;
    event->operation = question->operation;
    event->point = question->point;
    event->action = answer->action;
    event->origin = question->origin;
    event->protocol = question->protocol;
    event->reserved = 0;
    __builtin_memcpy(event->address, question->address, sizeof(event->address));
    write_name(event->domain, question->socket, question->address);
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

/* Once for all who have the room on their stack for one more call. */
static __noinline bool send_event(const struct question* question, const struct answer* answer, __u8 kind) {
    return write_event(question, answer, kind);
}

/* A report of what is over: paths, arguments and ancestors are known no more. */
static __always_inline bool send_repeated(const struct repeated* seen, __u64 count, __u64 bytes, __u64 now) {
    struct event* event = seen->action == kActionAlert ? bpf_ringbuf_reserve(&events, sizeof(*event), 0)
                                                       : bpf_ringbuf_reserve(&blocks, sizeof(*event), 0);
    if (!event) return false;
    event->boot_ns = now;
    event->policy_version = seen->policy_version;
    event->count = count;
    event->bytes_requested = bytes;
    event->bytes_metered = seen->bytes_metered;
    event->file = seen->file;
    event->marks = seen->marks;
    event->sink_device = seen->sink_device;
    event->rule = seen->rule;
    event->port = seen->port;
    event->kind = kEventVerdict;
    event->operation = seen->operation;
    event->point = seen->point;
    event->action = seen->action;
    event->origin = seen->origin;
    event->protocol = seen->protocol;
    event->ancestor_count = 0;
    event->reserved = 0;
    __builtin_memcpy(event->address, seen->address, sizeof(event->address));
    write_name(event->domain, seen->socket, seen->address);
    event->path_start = kPathBytes;
    event->exe_start = kExeBytes;
    event->args_length = 0;
    event->path_cut = 0;
    event->process = seen->process;
    bpf_ringbuf_submit(event, 0);
    return true;
}
