/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The path of a file, from the root of its mount tree. A walk of our own: bpf_d_path is allowed in few hooks,
 * and in others under lsm than under fmod_ret. Written from the end of the buffer to its front, so that
 * nothing moves.
 */
#pragma once

#include "bpf/kernel_types.h"
#include "bpf/shared.h"

enum { kMaxComponents = 40, kMaxName = 256 };

static __always_inline struct mount* mount_of(struct vfsmount* mount) {
    return (void*)mount - bpf_core_field_offset(struct mount, mnt);
}

static __always_inline struct vfsmount* vfsmount_of(struct mount* mount) {
    return (void*)mount + bpf_core_field_offset(struct mount, mnt);
}

/* A mount of the file system, for hooks that are told of a directory entry only. */
static __always_inline struct vfsmount* some_mount_of(struct super_block* sb) {
    struct mount* mount;
    if (bpf_core_field_exists(struct mount, mnt_instance)) {
        struct list_head* first = BPF_CORE_READ(sb, s_mounts.next);
        mount = (void*)first - bpf_core_field_offset(struct mount, mnt_instance);
    } else {
        mount = BPF_CORE_READ((struct super_block___chain*)sb, s_mounts);
    }
    return vfsmount_of(mount);
}

/* State of one walk, between the calls of put_component. */
struct path_walk {
    struct dentry* dentry;
    struct vfsmount* vfsmount;
    char* out;
    __u32 size;
    __u32 at;
    bool whole;
};

/* One step of bpf_loop: 1 ends it. A loop in the program would be verified once per round and place. */
static long put_component(__u32 round, struct path_walk* walk) {
    struct dentry* dentry = walk->dentry;
    struct dentry* parent = BPF_CORE_READ(dentry, d_parent);
    struct vfsmount* vfsmount = walk->vfsmount;
    if (vfsmount && dentry == BPF_CORE_READ(vfsmount, mnt_root)) {
        struct mount* mount = mount_of(vfsmount);
        struct mount* above = BPF_CORE_READ(mount, mnt_parent);
        if (above && above != mount) {
            walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
            walk->vfsmount = vfsmount_of(above);
            return !walk->dentry;
        }
    }
    __u32 length = BPF_CORE_READ(dentry, d_name.len);
    const unsigned char* name = BPF_CORE_READ(dentry, d_name.name);
    /* A root is called "/"; one of no directory (a memfd, a pipe) has a name of its own. */
    bool root = !parent || parent == dentry;
    if (root) walk->whole = true;
    if (root && length <= 1) return 1;
    __u32 mask = walk->size - 1, at = walk->at;
    if (length == 0 || length >= kMaxName || at < length + 1) {
        walk->whole = false;
        return 1;
    }
    at -= length;
    bpf_probe_read_kernel(walk->out + (at & mask & (kPathBytes - 1)), length & (kMaxName - 1), name);
    if (!root) {
        at -= 1;
        walk->out[at & mask & (kPathBytes - 1)] = '/';
    }
    walk->at = at;
    walk->dentry = parent;
    return root;
}

/*
 * Writes into out[0 .. size); `size` is a power of two, and kPathBytes + kMaxName bytes of the same memory
 * follow `out` (the verifier does not see that a name ends where the last one began). Returns where the path
 * starts; `whole` says whether it was walked to its root.
 */
static __always_inline __u32 write_path(char* out, __u32 size, struct dentry* dentry,
                                        struct vfsmount* vfsmount, bool* whole) {
    struct path_walk walk = {.dentry = dentry, .vfsmount = vfsmount, .out = out, .size = size, .at = size};
    if (dentry) bpf_loop(kMaxComponents, put_component, &walk, 0);
    *whole = walk.whole;
    return walk.at;
}
