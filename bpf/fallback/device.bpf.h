/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device nodes that tainted processes open for writing. fanotify holds no open of a special file (seen on 6.1
 * and 6.18); the control group's device program is asked at each. What is written afterwards is not counted:
 * it is more than any budget.
 */
#pragma once

#include "bpf/device_numbers.h"
#include "bpf/fallback/report.bpf.h"

enum { kDeviceBlock = 1, kDeviceWrite = 4 << 16 }; /* bpf_cgroup_dev_ctx.access_type, linux/bpf.h */

SEC("cgroup/dev") int open_device(struct bpf_cgroup_dev_ctx* ctx) {
    __u32 access = ctx->access_type;
    if (!(access & kDeviceWrite)) return 1;
    /* Programs of this kind are not told the process number by a helper before 6.10. */
    struct task_struct* task = (void*)bpf_get_current_task();
    __u32 pid = BPF_CORE_READ(task, tgid);
    struct process_taint* owner = bpf_map_lookup_elem(&processes, &pid);
    if (!owner || (owner->flags & kTaintProbe)) return 1;
    __u32 device = ctx->major << kMinorBits | (ctx->minor & kMinorMask);
    __u8 point = kPointDevice;
    if ((access & 0xffff) == kDeviceBlock) {
        if (bpf_map_lookup_elem(&removable, &device))
            point = kPointRemovable;
        else if (ctx->major != kOpticalMajor)
            return 1;
    } else if (!is_sink_character(device)) {
        return 1;
    }
    struct question question = {
        .point = point,
        .operation = kOperationOpenWrite,
        .sink_device = device,
        .marks = owner->marks,
        .bytes = MODELWARD_MAX_BUDGET,
    };
    struct answer answer = {};
    return !judge_owner(&question, &answer, owner, pid) || answer.action == kActionAlert;
}
