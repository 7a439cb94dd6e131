/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The agent's files: its programs, configuration, state, unit, pins and control group. They belong to root,
 * so whatever belongs to another user passes after one comparison.
 */
#pragma once

#include "bpf/guard.bpf.h"
#include "bpf/hook.bpf.h"

/* What a name is to the guard: itself, the folder it stands in, and what the folders above hand down. */
struct guard_place {
    __u32 own;
    __u32 folder;
};

static __always_inline __u32 roles_of(struct inode* inode) {
    struct inode_key key = key_read_from(inode);
    struct guarded* found = bpf_map_lookup_elem(&guarded, &key);
    return found ? found->roles : 0;
}

struct guard_walk {
    struct dentry* dentry;
    __u32 roles;
};

/* One step of bpf_loop: 1 ends it. */
static long look_above(__u32 round, struct guard_walk* walk) {
    struct dentry* dentry = walk->dentry;
    struct dentry* parent = BPF_CORE_READ(dentry, d_parent);
    if (!parent || parent == dentry) return 1;
    struct inode* inode = BPF_CORE_READ(parent, d_inode);
    if (!inode) return 1;
    walk->roles |= roles_of(inode) & (kGuardTree | kGuardSecret);
    walk->dentry = parent;
    return walk->roles != 0;
}

static __noinline __u64 guarded_place_of(struct dentry* dentry) {
    struct inode* inode = BPF_CORE_READ(dentry, d_inode);
    __u32 own = inode ? roles_of(inode) : 0;
    struct dentry* folder = BPF_CORE_READ(dentry, d_parent);
    struct inode* folder_inode = folder ? BPF_CORE_READ(folder, d_inode) : 0;
    __u32 around = folder_inode && folder != dentry ? roles_of(folder_inode) : 0;
    struct guard_walk walk = {.dentry = dentry};
    bpf_loop(kMaxGuardDepth, look_above, &walk, 0);
    return (__u64)around << 32 | own | walk.roles;
}

/* A name begins with `start`, or is it. */
#define name_begins(name, start) begins_with(name, sizeof(name), start, sizeof(start) - 1)

static __always_inline bool begins_with(const char* name, int size, const char* start, int length) {
    for (int i = 0; i < length && i < size; i++)
        if (name[i] != start[i]) return false;
    return true;
}

static __noinline bool is_guarded_name(struct dentry* dentry, __u32 folder) {
    char name[32] = {};
    const unsigned char* from = BPF_CORE_READ(dentry, d_name.name);
    if (bpf_probe_read_kernel_str(name, sizeof(name), from) < 0) return false;
    if (folder & kGuardUnits)
        return name_begins(name, MODELWARD_UNIT_NAME) || name_begins(name, "ld.so.preload");
    if (folder & (kGuardCgroup | kGuardCgroupAbove))
        if (name_begins(name, "cgroup.kill") || name_begins(name, "cgroup.freeze")) return true;
    if (folder & kGuardCgroup)
        return !name_begins(name, "cgroup.procs") && !name_begins(name, "cgroup.subtree_control");
    return false;
}

/* A regular file is opened. */
static __always_inline int guard_of_open(struct file* file, struct inode* inode, umode_t mode, bool writes) {
    if ((!writes && (mode & 077)) || inode->i_uid.val != 0) return 0;
    if (!is_guarded_from_current()) return 0;
    struct dentry* dentry = file->f_path.dentry;
    __u64 place = guarded_place_of(dentry);
    __u32 own = place, folder = place >> 32;
    bool refused = writes
                       ? (own & (kGuardFile | kGuardTree | kGuardSecret)) || is_guarded_name(dentry, folder)
                       : own & kGuardSecret;
    return refused ? guard_refuse(writes ? kGuardWrite : kGuardRead, dentry, file->f_path.mnt, 0) : 0;
}

/* Null for a name without a file. Read as a number: some kernels take d_inode of a hook's argument for a
 * pointer that is never null, and would remove the comparison (see comes_without_file). */
static __always_inline struct inode* inode_of(struct dentry* dentry) {
    return BPF_CORE_READ(dentry, d_inode);
}

/* `dentry` loses its name or its content. */
static __always_inline int guard_removal(struct dentry* dentry, __u8 operation) {
    struct inode* inode = inode_of(dentry);
    if (inode && BPF_CORE_READ(inode, i_uid.val) != 0) return 0;
    if (!is_guarded_from_current()) return 0;
    __u64 place = guarded_place_of(dentry);
    __u32 own = place, folder = place >> 32;
    if (!(own & (kGuardFile | kGuardTree | kGuardSecret | kGuardAbove)) && !is_guarded_name(dentry, folder))
        return 0;
    return guard_refuse(operation, dentry, some_mount_of(dentry->d_sb), 0);
}

HOOK_AS(guard_unlink, inode_unlink, struct inode* folder, struct dentry* dentry) {
    return guard_removal(dentry, kGuardUnlink);
}

HOOK_AS(guard_rmdir, inode_rmdir, struct inode* folder, struct dentry* dentry) {
    return guard_removal(dentry, kGuardUnlink);
}

/* `dentry` is to appear in `folder`. Control groups come and go below those that are guarded. */
static __always_inline int guard_new_name(struct inode* folder, struct dentry* dentry, __u8 operation) {
    if (folder->i_uid.val != 0 || !is_guarded_from_current()) return 0;
    __u64 place = guarded_place_of(dentry);
    __u32 around = place >> 32;
    if (!((__u32)place & (kGuardTree | kGuardSecret)) &&
        !((around & kGuardUnits) && is_guarded_name(dentry, kGuardUnits)))
        return 0;
    return guard_refuse(operation, dentry, some_mount_of(dentry->d_sb), 0);
}

HOOK_AS(guard_create, inode_create, struct inode* folder, struct dentry* dentry) {
    return guard_new_name(folder, dentry, kGuardCreate);
}

HOOK_AS(guard_mkdir, inode_mkdir, struct inode* folder, struct dentry* dentry) {
    return guard_new_name(folder, dentry, kGuardCreate);
}

HOOK_AS(guard_symlink, inode_symlink, struct inode* folder, struct dentry* dentry) {
    return guard_new_name(folder, dentry, kGuardCreate);
}

/* Through another name, a file of a guarded tree could be opened from outside of it. */
HOOK_AS(guard_hard_link, inode_link, struct dentry* from, struct inode* folder, struct dentry* dentry) {
    int refused = guard_removal(from, kGuardCreate);
    return refused ? refused : guard_new_name(folder, dentry, kGuardCreate);
}

/* Under maintenance a package manager renames a new program over the old one: it becomes what that was. */
static __always_inline void inherit_roles(struct dentry* from, struct dentry* over) {
    struct inode* old = inode_of(over);
    struct inode* next = inode_of(from);
    if (!old || !next) return;
    struct inode_key key = key_read_from(old);
    struct guarded* known = bpf_map_lookup_elem(&guarded, &key);
    if (!known) return;
    struct guarded roles = *known;
    key = key_read_from(next);
    bpf_map_update_elem(&guarded, &key, &roles, BPF_ANY);
}

HOOK_AS(guard_rename, inode_rename, struct inode* from_folder, struct dentry* from, struct inode* to_folder,
        struct dentry* to) {
    struct guard_state* state = guard_that_is_on();
    if (!state) return 0;
    if (in_maintenance(state)) {
        inherit_roles(from, to);
        return 0;
    }
    int refused = guard_removal(from, kGuardRename);
    if (refused) return refused;
    if (inode_of(to)) refused = guard_removal(to, kGuardRename);
    return refused ? refused : guard_new_name(to_folder, to, kGuardRename);
}

static __always_inline int guard_path(const struct path* path, __u8 operation) {
    struct dentry* dentry = path->dentry;
    struct inode* inode = inode_of(dentry);
    if (!inode || BPF_CORE_READ(inode, i_uid.val) != 0 || !is_guarded_from_current()) return 0;
    if (!((__u32)guarded_place_of(dentry) & (kGuardFile | kGuardTree | kGuardSecret))) return 0;
    return guard_refuse(operation, dentry, path->mnt, 0);
}

HOOK_AS(guard_truncate, path_truncate, const struct path* path) {
    return guard_path(path, kGuardWrite);
}

HOOK_AS(guard_chmod, path_chmod, const struct path* path) {
    return guard_path(path, kGuardAttributes);
}

HOOK_AS(guard_chown, path_chown, const struct path* path) {
    return guard_path(path, kGuardAttributes);
}

/* "Immutable" would keep the agent itself from writing. */
HOOK_AS(guard_ioctl, file_ioctl, struct file* file, unsigned int command) {
    if (command != kSetFlags && command != kSetXattrFlags) return 0;
    return guard_path(&file->f_path, kGuardAttributes);
}

/* Whoever locks the pins keeps the next agent from starting. */
HOOK_AS(guard_lock, file_lock, struct file* file) {
    return guard_path(&file->f_path, kGuardLock);
}
