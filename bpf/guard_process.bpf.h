/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is the agent; signals to it, its memory; and code that tainted processes want to put into the kernel.
 */
#pragma once

#include "bpf/guard_file.bpf.h"
#include "bpf/taint.bpf.h"

struct guard_scratch {
    char environment[kGuardEnvironmentBytes];
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct guard_scratch);
} guard_scratch SEC(".maps");

struct guard_environment {
    char* text;
    __u32 length;
    bool injects;
};

/* The loader and OpenSSL take code from where these point. */
static __always_inline bool injects_code(const char* name) {
    return begins_with(name, 8, "LD_", 3) || begins_with(name, 8, "GLIBC_", 6) ||
           begins_with(name, 8, "GCONV_", 6) || begins_with(name, 8, "OPENSSL_", 8);
}

/* One step of bpf_loop, at each byte: does a variable begin here? */
static long look_at_variable(__u32 at, struct guard_environment* environment) {
    if (at + 8 > environment->length || at > kGuardEnvironmentBytes - 8) return 1;
    if (at > 0 && environment->text[(at - 1) & (kGuardEnvironmentBytes - 1)]) return 0;
    char name[8];
    if (bpf_probe_read_kernel(name, sizeof(name), environment->text + at) < 0) return 1;
    environment->injects = injects_code(name);
    return environment->injects;
}

/* Whoever starts the agent's program with a library of his own is not the agent. */
static __noinline bool has_clean_environment(struct task_struct* task) {
    unsigned long start = BPF_CORE_READ(task, mm, env_start), end = BPF_CORE_READ(task, mm, env_end);
    if (end <= start) return true;
    unsigned long length = end - start;
    __u32 zero = 0;
    struct guard_scratch* scratch = bpf_map_lookup_elem(&guard_scratch, &zero);
    if (!scratch || length >= kGuardEnvironmentBytes) return false;
    if (bpf_probe_read_user(scratch->environment, length & (kGuardEnvironmentBytes - 1), (void*)start) < 0)
        return false;
    struct guard_environment environment = {.text = scratch->environment, .length = length};
    bpf_loop(kGuardEnvironmentBytes, look_at_variable, &environment, 0);
    return !environment.injects;
}

/* After the new image is in place and before its first instruction. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(guard_exec, struct task_struct* task, int old_pid, struct linux_binprm* bprm) {
    __u32 roles = roles_of(BPF_CORE_READ(bprm, file, f_inode));
    __u32 role = 0;
    if (roles & kGuardAgent) {
        if (!(bprm->unsafe & (kUnsafeShare | kUnsafePtrace)) && has_clean_environment(task))
            role = kGuardianAgent;
    } else if (roles & kGuardProtected) {
        role = kGuardianProtected;
    }
    if (!role) {
        bpf_task_storage_delete(&guardians, task);
        return 0;
    }
    struct guardian* guardian = bpf_task_storage_get(&guardians, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (guardian) guardian->role = role;
    return 0;
}

HOOK_AS(guard_kill, task_kill, struct task_struct* task, void* info, int signal) {
    if (signal == 0 || signal == kSignalHup || signal == kSignalChild || signal == kSignalContinue) return 0;
    if (!guardian_role_of(task->group_leader) || !is_guarded_from_current()) return 0;
    struct task_struct* sender = bpf_get_current_task_btf();
    if (sender->group_leader == task->group_leader) return 0; /* abort() of its own */
    return guard_refuse(kGuardKill, 0, 0, signal);
}

/* A descriptor's own signal, which its owner may have chosen (F_SETSIG, F_SETOWN). Who set it is not the one
 * who is running now, so that nobody is reported: leases of the agent's own are broken by whoever opens the
 * file. */
HOOK_AS(guard_signal_of_file, file_send_sigiotask, struct task_struct* task, struct fown_struct* owner,
        int signal) {
    return guard_that_is_on() && guardian_role_of(task->group_leader) ? -kNoPermission : 0;
}

/* Without time, files or memory it would end by itself. */
HOOK_AS(guard_limit, task_setrlimit, struct task_struct* task, unsigned int resource) {
    if (!guardian_role_of(task->group_leader) || !is_guarded_from_current()) return 0;
    struct task_struct* setter = bpf_get_current_task_btf();
    if (setter->group_leader == task->group_leader) return 0;
    return guard_refuse(kGuardLimit, 0, 0, resource);
}

/* Memory, registers and descriptors. Looking (ps, /proc/PID/exe) is not attaching. */
HOOK_AS(guard_ptrace, ptrace_access_check, struct task_struct* task, unsigned int mode) {
    if (!(mode & kPtraceAttach)) return 0;
    if (!guardian_role_of(task->group_leader) || !is_guarded_from_current()) return 0;
    struct task_struct* tracer = bpf_get_current_task_btf();
    if (tracer->group_leader == task->group_leader) return 0;
    return guard_refuse(kGuardPtrace, 0, 0, mode);
}

/* Who carries classified bytes puts no code beneath them. What others load is root's own affair. */
static __always_inline int guard_kernel_code(int what, struct file* file) {
    if (what != kReadingModule && what != kReadingKexecImage && what != kReadingKexecInitramfs) return 0;
    if (!is_judged(taint_of_current()) || !is_guarded_from_current()) return 0;
    return guard_refuse(what == kReadingModule ? kGuardModule : kGuardKexec, file ? file->f_path.dentry : 0,
                        file ? file->f_path.mnt : 0, 0);
}

HOOK_AS(guard_load_data, kernel_load_data, int what) {
    return guard_kernel_code(what, 0);
}

HOOK_AS(guard_read_file, kernel_read_file, struct file* file, int what) {
    return guard_kernel_code(what, file);
}
