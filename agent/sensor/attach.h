// SPDX-License-Identifier: Apache-2.0
// Loads the kernel programs and attaches them, as lsm/x or as fmod_ret/security_x.
//
// Both ways run the same functions. `lsm` needs `bpf` in the kernel's list of active LSMs: without it the
// programs load and attach, and never run. fmod_ret needs functions whose return value may be modified, which
// security_* are.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/sensor/kernel_maps.h"

struct bpf_link;
struct modelward_bpf;  // the generated skeleton

namespace modelward::agent {

enum class AttachMode : std::uint32_t { kLsm = 1, kFmodRet = 2 };

std::string to_string(AttachMode mode);

// The ways to try on this host, best first, from /sys/kernel/security/lsm.
std::vector<AttachMode> modes_to_try(const std::string& active_lsms, bool list_is_known);
std::vector<AttachMode> modes_to_try();

// What an errno of loading or attaching means: kUnavailable (memory, descriptors: another try may succeed) or
// kUnsupported (the kernel refuses for good).
ErrorCode refusal_code(int error);

// Identifies the programs of this build.
std::uint64_t programs_build();

struct AttachedProgram {
    std::string name;
    std::unique_ptr<bpf_link, void (*)(bpf_link*)> link;  // null for a program that the agent runs itself
    int fd;                                               // of the program; the object owns it
};

// Attached as long as it lives, or longer where its links are pinned.
struct AttachedPrograms {
    std::unique_ptr<modelward_bpf, void (*)(modelward_bpf*)> object;
    std::vector<AttachedProgram> programs;
    KernelMaps maps;
};

// `reuse`: maps of an earlier start to go on with, or null. refusal_code() with what the kernel
// answered.
Result<AttachedPrograms> attach_programs(AttachMode mode, const KernelMaps* reuse);

}  // namespace modelward::agent
