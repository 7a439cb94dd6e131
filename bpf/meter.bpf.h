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

/* The meter moves on to `bucket`. Returns what its window holds. What was counted for a window of another
 * length is taken as of now. Without branches: the verifier would follow each. */
static __always_inline __u64 advance(struct meter* meter, __u32 window, __u64 bucket) {
    __u64 other = meter->window_seconds != window;
    __u64 newest = meter->bucket, sum = 0;
    __u64 steps = bucket > newest ? bucket - newest : 0;
    if (steps > kMeterBuckets) steps = kMeterBuckets;
#pragma clang loop unroll(disable)
    for (__u32 i = 0; i < kMeterBuckets; i++) {
        __u64 age = ((newest - i) & (kMeterBuckets - 1)) + steps;
        /* All ones while the sum is below kMeterBuckets, or for another window. */
        __u64 in_window = 0 - (((age - kMeterBuckets) >> 63) | other);
        __u64 used = meter->used[i] & in_window;
        sum += used;
        meter->used[i] = used & (other - 1);
    }
    if (other) meter->used[bucket & (kMeterBuckets - 1)] = sum;
    if (other || steps) meter->bucket = bucket;
    meter->window_seconds = window;
    return sum;
}

/* `metered` is what the window holds afterwards. */
static __noinline bool charge_window(struct meter* meter, const struct policy_rule* rule, __u64 bytes,
                                     __u64 now, __u64* metered) {
    __u64 budget = rule->budget;
    __u32 window = rule->window_seconds;
    __u64 bucket = window ? now / (window * NANOSECONDS / (kMeterBuckets - 1)) : 0;
    bpf_spin_lock(&meter->lock);
    __u64 used = advance(meter, window, bucket);
    bool fits = bytes <= budget && used <= budget - bytes;
    if (fits) {
        /* Another may have moved it further than our reading of the clock. */
        meter->used[meter->bucket & (kMeterBuckets - 1)] += bytes;
        used += bytes;
    }
    bpf_spin_unlock(&meter->lock);
    *metered = used;
    return fits;
}

/* Up to a second's worth may come at once. */
static __noinline bool charge_rate(struct meter* meter, __u64 rate, __u64 bytes, __u64 now) {
    if (!rate || bytes > rate) return false;
    __u64 cost = bytes * NANOSECONDS / rate;
    bpf_spin_lock(&meter->lock);
    bool counts = meter->window_seconds == MODELWARD_THROTTLE_WINDOW && meter->bucket > now;
    __u64 until = counts ? meter->bucket : now;
    bool fits = until + cost - now <= NANOSECONDS;
    if (fits) {
        meter->window_seconds = MODELWARD_THROTTLE_WINDOW;
        meter->bucket = until + cost;
    }
    bpf_spin_unlock(&meter->lock);
    return fits;
}

/* Kept as a map value: too large for the stack. */
const volatile __u64 nothing_metered[sizeof(struct meter) / sizeof(__u64)] = {};

static __noinline struct meter* find_meter(const struct meter_key* whose) {
    struct meter_key key = *whose; /* a map's key has to lie on the stack */
    struct meter* meter = bpf_map_lookup_elem(&meters, &key);
    if (meter) return meter;
    bpf_map_update_elem(&meters, &key, (const void*)nothing_metered, BPF_NOEXIST);
    return bpf_map_lookup_elem(&meters, &key);
}

/* Called for up to kClasses meters. Its parts have frames of their own, none of which lies on another. */
VERIFIED_ONCE bool charge_one(const struct policy_rule* rule, const struct meter_key* key, __u64 bytes,
                              __u64 now, __u64* metered) {
    if (!rule || !key || !metered) return false;
    struct meter* meter = find_meter(key);
    if (!meter) {
        count_loss(kLossMeterTable);
        return false;
    }
    return rule->action == kActionThrottle ? charge_rate(meter, rule->rate, bytes, now)
                                           : charge_window(meter, rule, bytes, now, metered);
}

/* Bytes that were charged here and refused elsewhere. */
VERIFIED_ONCE bool pay_back(const struct meter_key* whose, __u64 bytes) {
    if (!whose) return false;
    struct meter_key key = *whose;
    struct meter* meter = bpf_map_lookup_elem(&meters, &key);
    if (!meter) return false;
    bpf_spin_lock(&meter->lock);
    __u64* newest = &meter->used[meter->bucket & (kMeterBuckets - 1)];
    bool there = meter->window_seconds != MODELWARD_THROTTLE_WINDOW && *newest >= bytes;
    if (there) *newest -= bytes;
    bpf_spin_unlock(&meter->lock);
    return there;
}

/* Of a process that carries several artifacts or classes each has its own meter: the i-th, if there is one.
 * Without branches, as advance(). */
static __always_inline bool name_part(__u32 per, const struct marks* marks, int i, struct meter_key* key) {
    __u32 by_artifact = 0 - (per / kPerArtifact & 1);
    __u32 by_class = ~by_artifact & (0 - (per / kPerClass & 1));
    key->artifact = i < kArtifacts ? marks->artifacts[i] & by_artifact : 0;
    key->class_bit = marks->classes & (1u << i) & by_class;
    return key->artifact | key->class_bit | (i == 0 && !(marks->classes & by_class));
}

/* True: within budget, or within the rate, and charged, to each of its meters or to none. `key` names who
 * could pay; what the rule does not ask for is taken out. */
static __always_inline bool meter_charge(const struct policy_rule* rule, const struct marks* marks,
                                         struct meter_key* key, __u64 bytes, __u64 now, __u64* metered) {
    __u32 per = rule->per;
    key->rule = rule->identity;
    key->program &= 0 - (__u64)(per / kPerProgram & 1);
    key->group &= 0 - (__u64)(per / kPerDestinationGroup & 1);
    key->uid |= (per / kPerUser & 1) - 1; /* kNoUser */
    /* It is 0. To the verifier it is not, or a rule that meters and one that throttles would be two ways. */
    *metered = rule->reserved;
    if (!(per & (kPerArtifact | kPerClass))) return charge_one(rule, key, bytes, now, metered);
    for (int i = 0; i < kClasses; i++) {
        if (!name_part(per, marks, i, key) || charge_one(rule, key, bytes, now, metered)) continue;
        for (int paid = 0; paid < i; paid++)
            if (name_part(per, marks, paid, key)) pay_back(key, bytes);
        return false;
    }
    return true;
}
