// SPDX-License-Identifier: Apache-2.0
// What /proc says of a process that is held or alive. Nothing here reads the process's memory (its arguments
// lie there): that can block on what the process has mapped, and a file is held meanwhile.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bpf/fallback/shared.h"

namespace modelward::agent {

struct ProcessView {
    pid_t pid = 0;  // thread group id
    pid_t parent = 0;
    pid_t group = 0;  // process group: a pipeline of a shell is one
    char state = '?';
    std::uint64_t start_boot_ns = 0;  // as fine as the clock ticks of /proc
    std::uint32_t uid = 0;            // effective
    std::uint32_t login_uid = 0xffffffff;
    std::string name;
};

// Of the process that `thread` belongs to; nothing when it is gone.
std::optional<ProcessView> view_process(pid_t thread, const std::filesystem::path& proc = "/proc");

// The kernel's programs know a start to the nanosecond, /proc to its clock tick.
bool is_same_start(std::uint64_t a_boot_ns, std::uint64_t b_boot_ns);

// Parent first, at most kAncestors; what is gone ends it.
std::vector<ProcessView> ancestors_of(const ProcessView& process,
                                      const std::filesystem::path& proc = "/proc");

// The executable's path, or "".
std::string executable_of(pid_t pid, const std::filesystem::path& proc = "/proc");

// Which program it runs, without the generation (that would take opening it); all zero: none that is known.
kernel::inode_key program_of(pid_t pid);

// Its place in the cgroup2 hierarchy ("/user.slice"), or nothing.
std::optional<std::string> cgroup_of(pid_t pid, const std::filesystem::path& proc = "/proc");

kernel::process_taint to_taint(const ProcessView& view, const kernel::marks& marks);

// Fills process, program and ancestors of a report. `taint`: who it was, should it be gone by now.
void describe_process(kernel::event& event, pid_t pid, const kernel::process_taint& taint);

// The end of it that fits.
void put_path(kernel::event& event, std::string_view path);

// The whole small file (a /proc file has no size), or "".
std::string read_small(const std::filesystem::path& path);

}  // namespace modelward::agent
