/* SPDX-License-Identifier: GPL-2.0-only */
/* The file behind a number of the current process, as far as it still is when the kernel looks. */
#pragma once

#include "bpf/kernel_types.h"

static __always_inline struct file* file_of_descriptor(int descriptor) {
    struct task_struct* task = bpf_get_current_task_btf();
    struct fdtable* table = BPF_CORE_READ(task, files, fdt);
    if (descriptor < 0 || (unsigned int)descriptor >= BPF_CORE_READ(table, max_fds)) return 0;
    struct file** files = BPF_CORE_READ(table, fd);
    struct file* file = 0;
    bpf_probe_read_kernel(&file, sizeof(file), files + descriptor);
    return file;
}
