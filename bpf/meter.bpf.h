/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Byte budgets of rules, per user, in tumbling windows of boot time. Charging is exact: bytes are counted
 * only if they fit, in one compare-and-swap, so that concurrent senders cannot get more than the budget
 * between them.
 */
#pragma once

#include "bpf/maps.bpf.h"

enum { kMeterBits = 40, kMeterTries = 32 };

#define METER_BYTES ((1ull << kMeterBits) - 1)
#define NANOSECONDS 1000000000ull

#ifdef MODELWARD_WITHOUT_ATOMICS
/*
 * Kernels before 5.12 have no compare-and-swap in BPF, only an addition. Bytes are added first and taken back
 * if they do not fit, so that two senders at once may both be refused, and never both be let through. Only at
 * the moment a window begins may two charge past each other.
 */
static __always_inline bool meter_charge_old(__u64* meter, __u64 budget, __u64 window, __u64 bytes,
                                             __u64* metered) {
    __u64 old = *(volatile __u64*)meter;
    if ((old >> kMeterBits) != window) {
        *(volatile __u64*)meter = window << kMeterBits;
        old = 0;
    }
    *metered = old & METER_BYTES;
    if (bytes > budget) return false;
    __sync_fetch_and_add(meter, bytes);
    __u64 used = *(volatile __u64*)meter & METER_BYTES;
    if (used <= budget) {
        *metered = used;
        return true;
    }
    __sync_fetch_and_add(meter, -bytes);
    return false;
}
#endif

/* True: `bytes` were within budget and are charged. `metered` is what had been let through before, if any. */
static __always_inline bool meter_charge(const struct policy_rule* rule, __u32 uid, __u64 bytes,
                                         __u64* metered) {
    *metered = 0;
    if (rule->budget == 0) return false;
    struct meter_key key = {.rule = rule->identity, .uid = uid};
    __u64* meter = bpf_map_lookup_elem(&meters, &key);
    if (!meter) {
        __u64 empty = 0;
        bpf_map_update_elem(&meters, &key, &empty, BPF_NOEXIST);
        meter = bpf_map_lookup_elem(&meters, &key);
        if (!meter) {
            count_loss(kLossMeterTable);
            return false;
        }
    }
    __u64 window = 0;
    if (rule->window_seconds) {
        window = bpf_ktime_get_boot_ns() / NANOSECONDS / rule->window_seconds;
        window &= (1ull << (64 - kMeterBits)) - 1;
    }
#ifdef MODELWARD_WITHOUT_ATOMICS
    return meter_charge_old(meter, rule->budget, window, bytes, metered);
#else
    for (int i = 0; i < kMeterTries; i++) {
        __u64 old = *(volatile __u64*)meter;
        __u64 used = (old >> kMeterBits) == window ? old & METER_BYTES : 0;
        *metered = used;
        if (bytes > rule->budget || used > rule->budget - bytes) return false;
        if (__sync_val_compare_and_swap(meter, old, window << kMeterBits | (used + bytes)) == old) {
            *metered = used + bytes;
            return true;
        }
    }
    count_loss(kLossMeterRace);
    return false;
#endif
}
