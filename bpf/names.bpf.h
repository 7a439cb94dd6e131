/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of destinations: what a connection said with its first bytes, by the socket's cookie (fmod_ret
 * programs may not ask for a socket's storage, and cookies are never used again), and what DNS answers said
 * of addresses, the last one wins. Both are kept reversed, in the shape of a policy's table: looking up needs
 * no room on any stack.
 */
#pragma once

#include "bpf/maps.bpf.h"

struct domain_table {
    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, kMaxDomains);
    __uint(key_size, sizeof(struct name_key));
    __uint(value_size, sizeof(struct name_rules));
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, kPolicySlots);
    __type(key, __u32);
    __array(values, struct domain_table);
} domains SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, kMaxNames);
    __type(key, __u64);
    __type(value, struct name_key);
} socket_names SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, kMaxNames);
    __type(key, struct name_address);
    __type(value, struct name_key);
} address_names SEC(".maps");

/* Whose answers count: this host's resolvers. The agent keeps them. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, kMaxResolvers);
    __type(key, struct name_address);
    __type(value, __u8);
} resolvers SEC(".maps");

/* What the connection itself said. Null: nothing. */
static __always_inline const struct name_key* said_name(__u64 socket) {
    return socket ? bpf_map_lookup_elem(&socket_names, &socket) : 0;
}

/* What an answer said of the address. Null: nothing. */
static __always_inline const struct name_key* answered_name(const __u8* at) {
    struct name_address address;
    __builtin_memcpy(&address, at, sizeof(address));
    return bpf_map_lookup_elem(&address_names, &address);
}

/* For a record: reversed and ended by a NUL; empty: not known. */
static __always_inline void write_name(char* to, __u64 socket, const __u8* address) {
    const struct name_key* name = said_name(socket);
    if (!name) name = answered_name(address);
    to[0] = 0;
    if (name) bpf_probe_read_kernel(to, kNameBytes, name->bytes);
}
