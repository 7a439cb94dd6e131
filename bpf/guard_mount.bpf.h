/* SPDX-License-Identifier: GPL-2.0-only */
/* Mounts over what the agent needs, and unmounting it, in the host's mount namespace and the agent's own.
 * Containers have theirs, and do there what they like. */
#pragma once

#include "bpf/guard_file.bpf.h"

static __always_inline bool is_seen_by_agent(struct vfsmount* vfsmount) {
    struct guard_state* state = guard_that_is_on();
    if (!state) return false;
    __u32 namespace = BPF_CORE_READ(mount_of(vfsmount), mnt_ns, ns.inum);
    return namespace == state->host_mounts || namespace == state->agent_mounts;
}

static __always_inline int guard_mount_point(const struct path* path) {
    if (!is_guarded_from_current() || !is_seen_by_agent(path->mnt)) return 0;
    struct dentry* dentry = path->dentry;
    if (!((__u32)guarded_place_of(dentry) & (kGuardFile | kGuardTree | kGuardSecret | kGuardAbove |
                                             kGuardUnits | kGuardCgroup | kGuardCgroupAbove)))
        return 0;
    return guard_refuse(kGuardMount, dentry, path->mnt, 0);
}

HOOK_AS(guard_mount, sb_mount, const char* device, const struct path* path, const char* type,
        unsigned long flags) {
    if (flags & (kMountPropagation | kMountRemount)) return 0;
    return guard_mount_point(path);
}

HOOK_AS(guard_move_mount, move_mount, const struct path* from, const struct path* to) {
    int refused = guard_mount_point(from);
    return refused ? refused : guard_mount_point(to);
}

HOOK_AS(guard_pivot_root, sb_pivotroot, const struct path* old_root, const struct path* new_root) {
    if (!is_guarded_from_current() || !is_seen_by_agent(old_root->mnt)) return 0;
    return guard_refuse(kGuardMount, new_root->dentry, new_root->mnt, 0);
}

/* The pins' file system, and any that holds something guarded where "lazily" gets round its being in use. A
 * plain umount of the latter is what the kernel refuses itself until the system goes down. */
HOOK_AS(guard_unmount, sb_umount, struct vfsmount* vfsmount, int flags) {
    struct dentry* root = vfsmount->mnt_root;
    bool pins = BPF_CORE_READ(root, d_sb, s_magic) == kBpfFileSystem;
    if (!pins && !(flags & kUmountDetach)) return 0;
    if (!is_guarded_from_current() || !is_seen_by_agent(vfsmount)) return 0;
    if (!((__u32)guarded_place_of(root) &
          (kGuardFile | kGuardTree | kGuardSecret | kGuardAbove | kGuardCgroupAbove)))
        return 0;
    return guard_refuse(kGuardUnmount, root, vfsmount, 0);
}
