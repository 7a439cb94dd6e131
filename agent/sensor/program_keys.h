// SPDX-License-Identifier: Apache-2.0
// Programs as rules name them, by path, to what the kernel compares: the inode that is found there now. A
// program that a package upgrade replaces is another inode: whoever holds ResolvedPrograms asks it whether it
// still holds.
#pragma once

#include <sys/stat.h>

#include <string>
#include <utility>
#include <vector>

#include "agent/sensor/kernel_maps.h"
#include "bpf/shared.h"
#include "rules/policy.h"

namespace modelward::agent {

struct ProgramFile {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;  // 0: there is no such file
    bool operator==(const ProgramFile&) const = default;
};

struct ResolvedPrograms {
    std::vector<std::pair<kernel::inode_key, kernel::program_rules>> rows;
    std::vector<ProgramFile> files;

    // The same files are found at the same paths.
    bool still_holds() const;
    std::size_t missing() const;
};

// What several paths lead to satisfies a rule that names one of them, and none that excludes one of them.
rules::RuleSet both_names(const rules::RuleSet& a, const rules::RuleSet& b, const rules::RuleSet& unnamed);

Result<ResolvedPrograms> resolve_programs(const KernelMaps& maps, const rules::CompiledPolicy& policy);

}  // namespace modelward::agent
