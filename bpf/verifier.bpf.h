/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What keeps the verifier's work small. It follows each way through a program by itself: a call is one more
 * way for each way to it, and a loop with a branch in it doubles them with each round. 6.12 finds
 * fewer of them equal than 6.1 does. So what is called from many ways is a global function, and loops over
 * classes compute instead of branching. tests/sensor/load_vm_test.cc holds the sum.
 */
#pragma once

#include "bpf/kernel_types.h"

/* For a function with many ways to it: global, verified by itself once a program, for any arguments. Pointers
 * are to memory that the caller owns, and may be null to it. */
#ifdef MODELWARD_WITHOUT_ATOMICS
#define VERIFIED_ONCE static __noinline /* before 5.12 global functions take no pointers */
#else
#define VERIFIED_ONCE __noinline
#endif

/* All ones if a < b, for numbers below 2^63. */
static __always_inline __u64 mask_if_less(__u64 a, __u64 b) {
    return 0 - ((a - b) >> 63);
}
