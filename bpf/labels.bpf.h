/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The label of an inode. Every open and read on the host asks, and hardly any file has one: a table of hints,
 * one bit for many inodes, says "none" without a hash of the key. A hint is set before its label, by whoever
 * sets the label, and stays when the label goes: then the look-up is in vain, and nothing worse.
 */
#pragma once

#include "bpf/inode.bpf.h"

static __always_inline bool may_have_label(__u64 inode) {
    __u32 slot = MODELWARD_LABEL_SLOT(inode);
    return variables.label_hints[slot / 32] >> (slot % 32) & 1;
}

static __always_inline void hint_at_label(__u64 inode) {
    __u32 slot = MODELWARD_LABEL_SLOT(inode);
    __sync_fetch_and_or(&variables.label_hints[slot / 32], 1u << (slot % 32));
}

/* Not inlined: the key would widen the frame of each hook, on top of all that it calls. */
static __noinline struct label* look_up_label(struct inode* inode) {
    struct inode_key key = key_of(inode);
    return bpf_map_lookup_elem(&labels, &key);
}

static __always_inline struct label* label_of(struct inode* inode) {
    return may_have_label(inode->i_ino) ? look_up_label(inode) : 0;
}

/* How often a label was changed or taken away, by the agent or because its inode is gone. */
static __always_inline __u64 label_changes(void) {
    __u32 place = kTendedLabels, gone = kTendedLabelsGone;
    const volatile __u64* by_agent = bpf_map_lookup_elem(&tended, &place);
    const volatile __u64* by_kernel = bpf_map_lookup_elem(&tended, &gone);
    return by_agent && by_kernel ? *by_agent + *by_kernel : 0;
}

static __always_inline void delete_label(const struct inode_key* key) {
    if (bpf_map_delete_elem(&labels, key) != 0) return;
    __u32 gone = kTendedLabelsGone;
    __u64* changes = bpf_map_lookup_elem(&tended, &gone);
    if (changes) __sync_fetch_and_add(changes, 1);
}

/* Not 0: there is a label, or no room for one. */
static __always_inline long add_label(const struct inode_key* key, const struct label* label) {
    hint_at_label(key->inode);
    return bpf_map_update_elem(&labels, key, label, BPF_NOEXIST);
}
