/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User space asks: what fanotify holds is judged by the same rules, meters and policy swap as all else, and
 * its reports take the same way. Run by the agent only
 * (BPF_PROG_TEST_RUN), attached to nothing; the packet that it is run on says nothing.
 */
#pragma once

#include "bpf/fallback/report.bpf.h"

/* What is judged: with what judging needs it would be too large for the stack. One question at a time. */
struct asking_scratch {
    struct question question;
    struct answer answer;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct asking_scratch);
} scratch SEC(".maps");

static __always_inline int report_asked(struct question_of_agent* asked_now) {
    struct event* event = &asked_now->event;
    event->boot_ns = bpf_ktime_get_boot_ns();
    bool refusal = event->kind == kEventVerdict && event->action != kActionAlert;
    if (refusal ? bpf_ringbuf_output(&blocks, event, sizeof(*event), 0)
                : bpf_ringbuf_output(&events, event, sizeof(*event), 0))
        count_loss(kLossRingFull);
    return 0;
}

/* The action of the rule that fires. */
static __always_inline int judge_asked(struct question_of_agent* asked_now) {
    struct event* event = &asked_now->event;
    __u32 zero = 0;
    struct asking_scratch* place = bpf_map_lookup_elem(&scratch, &zero);
    if (!place) return kActionBlock;
    struct question* question = &place->question;
    struct answer* answer = &place->answer;
    *question = (struct question){
        .marks = event->marks,
        .origin = event->origin,
        .point = event->point,
        .operation = event->operation,
        .protocol = event->protocol,
        .port = event->port,
        .file = event->file,
        .bytes = event->bytes_requested,
        .sink_device = event->sink_device,
    };
    __builtin_memcpy(question->address, event->address, sizeof(question->address));
    *answer = (struct answer){};
    struct subject subject = {
        .program = asked_now->program, .uid = event->process.uid, .payer = asked_now->payer};
    if (!judge_other(question, answer, &subject)) return kActionAllow;
    event->kind = answer->exempt ? kEventExempt : kEventVerdict;
    if (answer->exempt) answer->action = kActionAlert; /* told as seldom */
    event->policy_version = answer->policy_version;
    event->bytes_metered = answer->metered;
    event->rule = answer->rule;
    event->action = answer->action;
    bool repeated = is_repetition(question, answer, &event->process);
    event->count = answer->count;
    event->bytes_requested = answer->bytes;
    if (!repeated) report_asked(asked_now);
    return answer->exempt ? MODELWARD_ANSWER_EXEMPT : answer->action;
}

/* 1: some marks cross, and stand in the event. */
static __always_inline int crossing_asked(struct question_of_agent* asked_now) {
    struct policy* policy = policy_in_force();
    if (!policy) return asked_now->event.marks.classes != 0;
    asked_now->event.policy_version = policy->version;
    asked_now->event.marks.classes &= classes_reached(policy, asked_now->event.bytes_requested);
    return asked_now->event.marks.classes != 0;
}

static __always_inline int answer_asked(struct question_of_agent* asked_now) {
    if (asked_now->asking == kAskVerdict) return judge_asked(asked_now);
    if (asked_now->asking == kAskCrossing) return crossing_asked(asked_now);
    return report_asked(asked_now);
}

/* Of a type that may lock a meter, and that kernels from 5.10 let be run by hand. */
SEC("tc") int ask(struct __sk_buff* skb) {
    __u32 zero = 0;
    struct question_of_agent* asked_now = bpf_map_lookup_elem(&asked, &zero);
    if (asked_now) asked_now->answer = answer_asked(asked_now);
    return 0;
}
