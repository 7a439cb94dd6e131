/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that held a file open or mapped before its label came, and tainted ones that had mapped a file
 * shared before they were tainted. No hook sees either; the agent runs these walks over all processes when
 * there is reason to.
 */
#pragma once

#include "bpf/flow.bpf.h"

static __always_inline void taint_holder(struct task_struct* task, struct file* file) {
    struct inode* inode = file->f_inode;
    if (type_of(inode) != kModeRegular) return;
    struct inode_key key = key_of(inode);
    struct label* label = bpf_map_lookup_elem(&labels, &key);
    if (!label || (label->flags & kLabelProbe)) return;
    struct taint* taint = bpf_task_storage_get(&taints, task->group_leader, 0, 0);
    if (taint && ((taint->flags & (kTaintExempt | kTaintProbe)) || marks_cover(&taint->marks, &label->marks)))
        return;
    if (taint_process(task->group_leader, &label->marks, 0)) count_loss(kHoldersTainted);
}

/* Who holds a file for writing only (a log's, a redirected output's owner) has not read it. */
SEC("iter/task_file") int holders_of_files(struct bpf_iter__task_file* ctx) {
    struct task_struct* task = ctx->task;
    struct file* file = ctx->file;
    if (task && file && (file->f_mode & kFmodeRead)) taint_holder(task, file);
    return 0;
}

/* The stores of a tainted process go into the file at once, whoever else has it mapped. */
static __always_inline void label_shared(struct task_struct* task, struct file* file) {
    if (!(file->f_mode & kFmodeWrite)) return;
    struct inode* inode = file->f_inode;
    if (type_of(inode) != kModeRegular) return;
    struct taint* taint = bpf_task_storage_get(&taints, task->group_leader, 0, 0);
    if (!is_judged(taint) || (taint->flags & kTaintProbe)) return;
    struct inode_key key = key_of(inode);
    struct label* label = bpf_map_lookup_elem(&labels, &key);
    if (label && marks_cover(&label->marks, &taint->marks)) return;
    struct marks marks = taint->marks;
    if (label_derived(&key, &marks) == 0) count_loss(kSharedLabelled);
}

SEC("iter/task_vma") int holders_of_maps(struct bpf_iter__task_vma* ctx) {
    struct task_struct* task = ctx->task;
    struct vm_area_struct* vma = ctx->vma;
    if (!task || !vma) return 0;
    struct file* file = vma->vm_file;
    if (!file) return 0;
    taint_holder(task, file);
    if (vma->vm_flags & kVmShared) label_shared(task, file);
    return 0;
}
