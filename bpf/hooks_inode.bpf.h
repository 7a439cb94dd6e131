/* SPDX-License-Identifier: GPL-2.0-only */
/* Names on removable media and network file systems: where not one byte may go, no name may appear either,
 * for a name is bytes. */
#pragma once

#include "bpf/device.bpf.h"
#include "bpf/labels.bpf.h"
#include "bpf/place.bpf.h"

static __always_inline int judge_name(struct inode* directory, struct dentry* dentry) {
    struct taint* taint = taint_of_current();
    if (!is_judged_sharer(taint) || (taint->flags & kTaintProbe)) return 0;
    struct super_block* sb = directory->i_sb;
    __u8 place = place_of(sb);
    if (!place) return 0;
    return judge_place(taint, place, 0, sb->s_dev, dentry, some_mount_of(sb), kOperationCreate, 0);
}

HOOK(inode_create, struct inode* directory, struct dentry* dentry) {
    if (note_probe(taint_of_current(), kProbeCreate)) return -kNoPermission; /* leaves nothing behind */
    return judge_name(directory, dentry);
}

HOOK(inode_mkdir, struct inode* directory, struct dentry* dentry) {
    return judge_name(directory, dentry);
}

HOOK(inode_mknod, struct inode* directory, struct dentry* dentry) {
    return judge_name(directory, dentry);
}

HOOK(inode_symlink, struct inode* directory, struct dentry* dentry) {
    return judge_name(directory, dentry);
}

HOOK(inode_link, struct dentry* from, struct inode* directory, struct dentry* dentry) {
    return judge_name(directory, dentry);
}

HOOK(inode_rename, struct inode* from, struct dentry* old, struct inode* directory, struct dentry* dentry) {
    return judge_name(directory, dentry);
}

HOOK(inode_setxattr, void* mapping, struct dentry* dentry, const char* name, const void* value,
     unsigned long size) {
    struct taint* taint = taint_of_current();
    if (!is_judged_sharer(taint) || (taint->flags & kTaintProbe)) return 0;
    struct inode* inode = dentry->d_inode;
    struct super_block* sb = dentry->d_sb;
    __u8 place = inode ? place_of(sb) : 0;
    if (!place) return 0;
    return judge_place(taint, place, inode, sb->s_dev, dentry, some_mount_of(sb), kOperationWrite, size);
}

/* An inode whose last name and last user are gone never comes back: what is kept of it goes too, or files
 * that are made and deleted would fill the tables. One that only leaves the cache keeps its label. */
TRACE("fentry/security_inode_free", inode_free, struct inode* inode) {
    if (inode->i_nlink) return 0;
    struct inode_key key = key_of(inode);
    delete_label(&key);
    bpf_map_delete_elem(&flows, &key);
    if (inode->i_sb->s_magic == MESSAGE_QUEUE_MAGIC) bpf_map_delete_elem(&channels, &key);
    return 0;
}
