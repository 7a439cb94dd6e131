/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a program begins and ends. The kernel skips a tracing program (fmod_ret, fentry, fexit; before 6.2 lsm
 * too) that is already at work on the same CPU, and a skipped verdict is an allowed operation: a task that is
 * preempted inside opens the door for every other. Holding the CPU (6.10) makes that window small, not nil:
 * the task may be scheduled away in bpf_preempt_enable, still inside the program. Skips are counted
 * (hook_missed).
 */
#pragma once

#include "bpf/maps.bpf.h"

extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;

/* Arguments come as 64-bit words and are taken as the types that the body names. */
#define HELD_PROGRAM(section, name, held, args...)                                                         \
    static __always_inline int on_##name(unsigned long long* ctx, args);                                   \
    SEC(section) int name(unsigned long long* ctx) {                                                       \
        if (held) bpf_preempt_disable();                                                                   \
        _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wint-conversion\"") int result = \
            on_##name(___bpf_ctx_cast(args));                                                              \
        _Pragma("GCC diagnostic pop") if (held) bpf_preempt_enable();                                      \
        return result;                                                                                     \
    }                                                                                                      \
    static __always_inline int on_##name(unsigned long long* ctx, args)

/* A security hook, by its name under lsm/. */
#define HOOK(name, args...) HELD_PROGRAM("lsm/" #name, name, can_hold&& as_fmod_ret, args)

/* A program on entry to or exit from another function: section "fentry/x" or "fexit/x". */
#define TRACE(section, name, args...) HELD_PROGRAM(section, name, can_hold, args)
