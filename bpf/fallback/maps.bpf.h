/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of the fallback sensor beside those that it shares with the others (bpf/maps.bpf.h). */
#pragma once

#include "bpf/fallback/shared.h"
#include "bpf/maps.bpf.h"

/* Tainted processes, by thread group id in the initial pid namespace. Task storage would need programs that
 * this host refuses. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, kMaxProcesses);
    __type(key, __u32);
    __type(value, struct process_taint);
} processes SEC(".maps");

/* Those that ended: the file that a process closes as it ends is closed after this. */
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, kMaxReported);
    __type(key, __u32);
    __type(value, struct process_taint);
} ended SEC(".maps");

/* BPF_F_CLONE: a connection that a tagged listener accepts is tagged too. */
struct {
    __uint(type, BPF_MAP_TYPE_SK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
    __type(key, int);
    __type(value, struct tagged_socket);
} sockets SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, kMaxReported);
    __type(key, struct recent_key);
    __type(value, struct reported);
} reported SEC(".maps");

/* Whose bytes a rule with a budget dropped, and when. */
struct shut_key {
    __u64 rule;
    __u64 payer;
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, kMaxShut);
    __type(key, struct shut_key);
    __type(value, __u64);
} shut SEC(".maps");

/* Block devices that are removable media, as user space finds them. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, kMaxSinks);
    __type(key, __u32);
    __type(value, __u8);
} removable SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 1 << 16);
} refusals SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct question_of_agent);
} asked SEC(".maps");
