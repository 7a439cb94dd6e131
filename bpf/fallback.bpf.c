/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The object of the fallback sensor: programs that hosts take which refuse LSM and tracing programs. Files
 * are seen by user space (agent/fallback/), processes and the network here.
 */
#define MODELWARD_KEYS_OF_STAT
#include "bpf/fallback/ask.bpf.h"
#include "bpf/fallback/device.bpf.h"
#include "bpf/fallback/process.bpf.h"
#include "bpf/fallback/socket.bpf.h"

char _license[] SEC("license") = "GPL";
