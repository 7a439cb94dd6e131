/* SPDX-License-Identifier: GPL-2.0-only */
/* Every map. State that must survive the agent lives here and is pinned; nothing else is kept anywhere. */
#pragma once

#include "bpf/kernel_types.h"
#include "bpf/shared.h"
#include "bpf/verifier.bpf.h"

/* Set by the agent before loading. */
const volatile bool as_fmod_ret = false;  /* hooks are security_x functions, not lsm/x */
const volatile bool counts_known = false; /* fentry/rw_verify_area is attached */

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, kMaxLabels);
    __type(key, struct inode_key);
    __type(value, struct label);
} labels SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct taint);
} taints SEC(".maps");

/* Of threads; a group leader has its own in its taint. */
struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct pending_write);
} pending_writes SEC(".maps");

/* Inner maps give sizes: clang leaves the types behind pointers out of BTF. */
struct policy_table {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, sizeof(struct policy));
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, 1);
    __type(key, __u32);
    __array(values, struct policy_table);
} policies SEC(".maps");

struct destination_table {
    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, kMaxDestinations);
    __uint(key_size, sizeof(struct destination_key));
    __uint(value_size, sizeof(struct destination_rules));
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, kPolicySlots);
    __type(key, __u32);
    __array(values, struct destination_table);
} destinations SEC(".maps");

struct port_table {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, kMaxPorts);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, sizeof(struct rule_set));
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, kPolicySlots);
    __type(key, __u32);
    __array(values, struct port_table);
} ports SEC(".maps");

struct user_table {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, kMaxUsers);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, sizeof(struct rule_set));
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, kPolicySlots);
    __type(key, __u32);
    __array(values, struct user_table);
} users SEC(".maps");

struct program_table {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, kMaxPrograms);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(key_size, sizeof(struct inode_key));
    __uint(value_size, sizeof(struct program_rules));
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, kPolicySlots);
    __type(key, __u32);
    __array(values, struct program_table);
} programs SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, kMaxMeters);
    __type(key, struct meter_key);
    __type(value, struct meter);
} meters SEC(".maps");

/* Bytes that tainted processes wrote into a target, whoever they were. */
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, kMaxFlows);
    __type(key, struct inode_key);
    __type(value, struct flow);
} flows SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, kMaxPieces);
    __type(key, struct pieces_key);
    __type(value, struct pieces);
} pieces_of_users SEC(".maps");

/* Marks on what bytes pass through that is no file: pipes, receiving unix sockets, queues (keys.bpf.h). Each
 * goes with its channel. Not an LRU table: whoever filled it would push out what others had left in theirs.
 */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, kMaxChannels);
    __type(key, struct inode_key);
    __type(value, struct marks);
} channels SEC(".maps");

/* Marks that found no room there, of bytes that were in the channel already: every channel has them until
 * kUnplacedNs after the last. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct unplaced);
} unplaced SEC(".maps");

/* The same of connections on this host, by their ends: nobody sees when the receiver's end is gone for good,
 * so the oldest go. */
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, kMaxConnections);
    __type(key, struct inode_key);
    __type(value, struct marks);
} connections SEC(".maps");

/* And of processes that share memory by fork or clone. Of what is pushed out, the agent's walk finds those
 * who have a mapping in common. */
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, kMaxSharers);
    __type(key, struct inode_key);
    __type(value, struct marks);
} sharers SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, kMaxSinks);
    __type(key, __u32);
    __type(value, struct sink);
} sinks SEC(".maps");

/* By the superblock's device number. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, kMaxServers);
    __type(key, __u32);
    __type(value, struct server);
} servers SEC(".maps");

/* What sink a file system of several devices is (kPoint, or 0), by the superblock's device number. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, kMaxServers);
    __type(key, __u32);
    __type(value, __u32);
} volumes SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, kTended);
    __type(key, __u32);
    __type(value, __u64);
} tended SEC(".maps");

/* Verdicts by process, rule and target. Not an LRU table: an entry that went by itself would take what it
 * counts with it. The agent's sweep makes room. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, kMaxRecent);
    __type(key, struct recent_key);
    __type(value, struct repeated);
} recent SEC(".maps");

/* Verdicts that found no room there, by policy slot and rule. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, kPolicySlots* kRules);
    __type(key, __u32);
    __type(value, struct repeated);
} crowd SEC(".maps");

/* Reports of what was refused: a ring of their own, which nothing else can fill. */
struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, kBlockRingBytes);
} blocks SEC(".maps");

/* All other reports. */
struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, kEventRingBytes);
} events SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, kLosses);
    __type(key, __u32);
    __type(value, __u64);
} losses SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct installation);
} installed SEC(".maps");

static __always_inline void count_loss(__u32 kind) {
    __u64* value = bpf_map_lookup_elem(&losses, &kind);
    if (value) *value += 1;
}
