/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a program is declared. What can go wrong around it: the kernel skips a tracing program (fmod_ret,
 * fentry, fexit; before 6.2 lsm too) that is already at work on the same CPU, and a skipped verdict is an
 * allowed operation. So on a kernel that preempts itself, a task that is scheduled away inside opens the door
 * for every other on that CPU. Holding the CPU (bpf_preempt_disable) does not help: the task is scheduled
 * away at the matching enable, which is inside as well. Skips are counted (hook_missed) and the agent names
 * the gap.
 */
#pragma once

#include "bpf/maps.bpf.h"

/* A security hook, by its name under lsm/. */
#define HOOK(name, args...) SEC("lsm/" #name) int BPF_PROG(name, args)

/* Another program on a hook that has one: `program` is the name it is pinned under. */
#define HOOK_AS(program, name, args...) SEC("lsm/" #name) int BPF_PROG(program, args)

/* A program on entry to or exit from another function: section "fentry/x" or "fexit/x". */
#define TRACE(section, name, args...) SEC(section) int BPF_PROG(name, args)
