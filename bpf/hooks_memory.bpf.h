/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes between processes without a file: another process's memory, message queues. Memory has no meter, for
 * an access is granted once and used at will (process_vm_readv and pidfd_getfd ask each time, ptrace and
 * /proc/PID/mem at the beginning).
 */
#pragma once

#include "bpf/descriptor.bpf.h"
#include "bpf/device.bpf.h"
#include "bpf/flow.bpf.h"

/* The current process may read and write the memory of `other`: each now carries what the other does. */
static __always_inline int share_memory(struct task_struct* other) {
    struct task_struct* task = bpf_get_current_task_btf();
    if (task->group_leader == other->group_leader) return 0;
    struct taint* mine = taint_of_current();
    struct taint* theirs = bpf_task_storage_get(&taints, other->group_leader, 0, 0);
    if (is_judged_sharer(theirs) && !(theirs->flags & kTaintProbe) && !taint_current(&theirs->marks, 0))
        return -kNoMemory;
    if (is_judged_sharer(mine) && !(mine->flags & kTaintProbe) &&
        !taint_process(other->group_leader, &mine->marks, 0))
        return -kNoMemory;
    return 0;
}

/* PTRACE_MODE_READ is left out: it is what ps and top ask for, and shows names and numbers only. */
HOOK_AS(memory_access, ptrace_access_check, struct task_struct* child, unsigned int mode) {
    return mode & kPtraceAttach ? share_memory(child) : 0;
}

/* PTRACE_PEEKDATA and the like come long after the attach and without an access check. Any request counts:
 * what serves those that read is part of its caller in some kernels. */
TRACE("fentry/ptrace_request", debugger_asks, struct task_struct* child) {
    share_memory(child);
    return 0;
}

TRACE("fentry/compat_ptrace_request", debugger_asks_compat, struct task_struct* child) {
    share_memory(child);
    return 0;
}

static __always_inline struct inode_key queue_key(struct kern_ipc_perm* queue) {
    struct inode_key key = {.inode = (__u64)queue, .device = QUEUE_DEVICE};
    return key;
}

/* Asked again each time a sender has waited for room, so bytes are counted where they are taken out. */
HOOK(msg_queue_msgsnd, struct kern_ipc_perm* queue, struct msg_msg* message) {
    struct taint* taint = taint_of_current();
    if (!is_judged_sharer(taint) || (taint->flags & kTaintProbe)) return 0;
    struct inode_key key = queue_key(queue);
    return refuse_unmarked(mark_channel(&key, &taint->marks));
}

/* `receiver` is not always the current process: a sender hands a message to one that waits. */
HOOK(msg_queue_msgrcv, struct kern_ipc_perm* queue, struct msg_msg* message, struct task_struct* receiver) {
    struct inode_key key = queue_key(queue);
    const struct marks* marks = bpf_map_lookup_elem(&channels, &key);
    if (!marks) return 0;
    struct marks crossed = {};
    cross_into(marks, flow_of(&key), BPF_CORE_READ(message, m_ts), &crossed);
    if (!crossed.classes) return 0;
    return taint_process(receiver->group_leader, &crossed, 0) ? 0 : -kNoMemory;
}

TRACE("fentry/security_msg_queue_free", queue_gone, struct kern_ipc_perm* queue) {
    struct inode_key key = queue_key(queue);
    bpf_map_delete_elem(&channels, &key);
    bpf_map_delete_elem(&flows, &key);
    return 0;
}

/* A POSIX queue is a file, whose opening passes hooks and whose messages do not: one that both sides have
 * open from before is followed here. False: the number is no queue's. */
static __always_inline bool posix_queue_key(int descriptor, struct inode_key* key) {
    struct file* file = file_of_descriptor(descriptor);
    if (!file) return false;
    struct inode* inode = BPF_CORE_READ(file, f_inode);
    if (BPF_CORE_READ(inode, i_sb, s_magic) != MESSAGE_QUEUE_MAGIC) return false;
    *key = key_read_from(inode);
    return true;
}

TRACE("fentry/do_mq_timedsend", posix_queue_send, int descriptor, const char* text, unsigned long bytes) {
    struct taint* taint = taint_of_current();
    struct inode_key key;
    if (!is_judged_sharer(taint) || (taint->flags & kTaintProbe) || !posix_queue_key(descriptor, &key))
        return 0;
    flow_into_channel(taint, &key, bytes);
    return 0;
}

TRACE("fexit/do_mq_timedreceive", posix_queue_receive, int descriptor, char* text, unsigned long room,
      unsigned int* priority, void* until, int result) {
    struct inode_key key;
    if (result > 0 && posix_queue_key(descriptor, &key)) flow_from_channel(&key);
    return 0;
}

/* A process that dies writes its memory past every hook, into a file or into the pipe of a handler. */
TRACE("fentry/dump_emit", core_dumped, struct coredump_params* dump) {
    struct taint* taint = taint_of_current();
    if (!is_judged_sharer(taint) || (taint->flags & kTaintProbe)) return 0;
    struct file* file = dump->file;
    if (!file) return 0;
    struct inode* inode = file->f_inode;
    umode_t type = type_of(inode);
    if (type == kModeRegular) flow_to_file(taint, 0, file, inode, MODELWARD_MAX_BUDGET, kOperationWrite);
    if (type == kModeFifo) {
        struct inode_key key = pipe_key(pipe_of(file));
        flow_into_channel(taint, &key, MODELWARD_UNKNOWN_COUNT);
    }
    return 0;
}
