/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Byte budgets over sliding windows, and byte rates. Charging is exact: bytes are counted only if they fit,
 * under the meter's lock, so that concurrent senders cannot get more than the budget between them; and no
 * window of the rule's length, wherever it begins, holds more than the budget. What was let through comes
 * back in pieces of a fifteenth of the window.
 */
#pragma once

#include "bpf/maps.bpf.h"

#define NANOSECONDS 1000000000ull

/* What is charged to whom. */
struct payment {
    __u64 bytes;
    __u64 now; /* of the meters' clock */
    __u64 program;
    __u64 group;
    __u64 metered; /* answer: what has been let through, with these bytes if they were */
    __u32 uid;
    __u32 reserved;
};

/* The meter moves on to `bucket`. Returns what its window holds. What was counted for a window of another
 * length is taken as of now. */
static __always_inline __u64 advance(struct meter* meter, __u32 window, __u64 bucket) {
    bool other = meter->window_seconds != window;
    __u64 newest = meter->bucket, sum = 0;
    __u64 steps = bucket > newest ? bucket - newest : 0;
#pragma unroll
    for (__u32 i = 0; i < kMeterBuckets; i++) {
        __u64 age = (newest - i) & (kMeterBuckets - 1);
        if (!other && age + steps >= kMeterBuckets) meter->used[i] = 0;
        sum += meter->used[i];
        if (other) meter->used[i] = 0;
    }
    if (other) meter->used[bucket & (kMeterBuckets - 1)] = sum;
    if (other || steps) meter->bucket = bucket;
    meter->window_seconds = window;
    return sum;
}

static __always_inline bool charge_window(struct meter* meter, const struct policy_rule* rule,
                                          struct payment* payment) {
    __u64 budget = rule->budget, bytes = payment->bytes;
    __u32 window = rule->window_seconds;
    __u64 bucket = window ? payment->now / (window * NANOSECONDS / (kMeterBuckets - 1)) : 0;
    bpf_spin_lock(&meter->lock);
    __u64 used = advance(meter, window, bucket);
    bool fits = bytes <= budget && used <= budget - bytes;
    if (fits) {
        /* Another may have moved it further than our reading of the clock. */
        meter->used[meter->bucket & (kMeterBuckets - 1)] += bytes;
        used += bytes;
    }
    bpf_spin_unlock(&meter->lock);
    payment->metered = used;
    return fits;
}

/* Up to a second's worth may come at once. */
static __always_inline bool charge_rate(struct meter* meter, const struct policy_rule* rule,
                                        const struct payment* payment) {
    if (!rule->rate || payment->bytes > rule->rate) return false;
    __u64 cost = payment->bytes * NANOSECONDS / rule->rate, now = payment->now;
    bpf_spin_lock(&meter->lock);
    __u64 until =
        meter->window_seconds == MODELWARD_THROTTLE_WINDOW && meter->bucket > now ? meter->bucket : now;
    bool fits = until + cost - now <= NANOSECONDS;
    if (fits) {
        meter->window_seconds = MODELWARD_THROTTLE_WINDOW;
        meter->bucket = until + cost;
    }
    bpf_spin_unlock(&meter->lock);
    return fits;
}

static __always_inline struct meter* find_meter(const struct meter_key* key, const struct meter* empty) {
    struct meter* meter = bpf_map_lookup_elem(&meters, key);
    if (meter) return meter;
    bpf_map_update_elem(&meters, key, empty, BPF_NOEXIST);
    meter = bpf_map_lookup_elem(&meters, key);
    if (!meter) count_loss(kLossMeterTable);
    return meter;
}

/* Kept as a map value: too large for the stack. */
const volatile __u64 nothing_metered[sizeof(struct meter) / sizeof(__u64)] = {};

static __noinline bool charge_one(const struct policy_rule* rule, const struct meter_key* key,
                                  struct payment* payment) {
    struct meter* meter = find_meter(key, (const void*)nothing_metered);
    if (!meter) return false;
    return rule->action == kActionThrottle ? charge_rate(meter, rule, payment)
                                           : charge_window(meter, rule, payment);
}

/* Bytes that were charged here and refused elsewhere. */
static __noinline bool pay_back(const struct meter_key* key, __u64 bytes) {
    struct meter* meter = bpf_map_lookup_elem(&meters, key);
    if (!meter) return false;
    bpf_spin_lock(&meter->lock);
    __u64* newest = &meter->used[meter->bucket & (kMeterBuckets - 1)];
    bool there = meter->window_seconds != MODELWARD_THROTTLE_WINDOW && *newest >= bytes;
    if (there) *newest -= bytes;
    bpf_spin_unlock(&meter->lock);
    return there;
}

/* Of a process that carries several artifacts or classes each has its own meter: the i-th, if there is one.
 */
static __always_inline bool name_part(__u32 per, const struct marks* marks, int i, struct meter_key* key) {
    if (per & kPerArtifact) {
        key->artifact = i < kArtifacts ? marks->artifacts[i] : 0;
        return i == 0 || key->artifact;
    }
    if (per & kPerClass) {
        key->class_bit = marks->classes & (1u << i);
        return key->class_bit || (i == 0 && !marks->classes);
    }
    return i == 0;
}

/* True: within budget, or within the rate, and charged, to each of its meters or to none. */
static __always_inline bool meter_charge(const struct policy_rule* rule, const struct marks* marks,
                                         struct payment* payment) {
    if (rule->action != kActionThrottle && rule->budget == 0) return false;
    __u32 per = rule->per;
    struct meter_key key = {
        .rule = rule->identity,
        .program = per & kPerProgram ? payment->program : 0,
        .group = per & kPerDestinationGroup ? payment->group : 0,
        .uid = per & kPerUser ? payment->uid : kNoUser,
    };
    for (int i = 0; i < kClasses; i++) {
        if (!name_part(per, marks, i, &key) || charge_one(rule, &key, payment)) continue;
        for (int paid = 0; paid < i; paid++)
            if (name_part(per, marks, paid, &key)) pay_back(&key, payment->bytes);
        return false;
    }
    return true;
}
