// SPDX-License-Identifier: Apache-2.0
// The cgroup whose processes are judged: by default all of them.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "base/unique_fd.h"

namespace modelward::agent {

struct CgroupScope {
    std::filesystem::path folder;
    UniqueFd fd;       // of the folder
    std::string name;  // as /proc/PID/cgroup has it; "/" is the root
    std::uint64_t id;  // the kernel's
};

// `folder`: of a cgroup2 hierarchy, or empty for its root. kUnsupported: there is no cgroup2 here; kNotFound:
// no such cgroup.
Result<CgroupScope> open_cgroup_scope(const std::filesystem::path& folder);

}  // namespace modelward::agent
