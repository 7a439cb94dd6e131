// SPDX-License-Identifier: Apache-2.0
// Programs as rules name them (rules/program_name.h) to what the kernel compares: the inodes that are found
// there now. A program that a package upgrade replaces is another inode, and one that is pinned to a content
// and has another is not that program: whoever holds ResolvedPrograms asks it whether it still holds.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "agent/sensor/kernel_maps.h"
#include "agent/sensor/pinned_digests.h"
#include "bpf/shared.h"
#include "rules/policy.h"

namespace modelward::agent {

struct ProgramFile {
    std::string path;
    ContentState state;  // inode 0: there is no such file
    // Its content matters (a pinned program, what lists a package's files): otherwise no more of the state
    // than the inode.
    bool by_content = false;
    bool operator==(const ProgramFile&) const = default;
};

// A package that rules name, and what said which programs it brought.
struct PackageLook {
    std::string name;
    std::vector<ProgramFile> sources;
    bool installed = false;
};

// One program that is there and cannot be looked at, or is pinned and may be written, takes nothing from the
// others: it is no program of any rule until it can be, so what would have been let through because of it is
// judged like anybody's.
struct ResolvedPrograms {
    std::vector<std::pair<kernel::inode_key, kernel::program_rules>> rows;
    std::vector<ProgramFile> files;
    std::vector<PackageLook> packages;
    std::vector<std::string> other_content;  // pinned programs that have become something else
    std::vector<std::string> refused;        // why, for each that is there and not taken for the program

    std::size_t being_read = 0;  // pinned programs whose content is not known yet: the next look reads on
    bool unsettled = false;      // content that matters was changed so lately that more would not show

    // The same files are found at the same paths, those whose content matters were not written, and all could
    // be looked at.
    bool still_holds() const;
    bool same_rows(const ResolvedPrograms& other) const;
    std::size_t missing() const;  // paths and packages
    // Sentences, a few: of the programs that rules name and do not hold for here.
    std::vector<std::string> problems() const;
};

// `keys_of`: what the sensor calls the inode behind a descriptor. `digests` are kept from one look to the
// next.
using KeysOf = std::function<Result<std::vector<kernel::inode_key>>(int fd)>;
Result<ResolvedPrograms> resolve_programs(const rules::CompiledPolicy& policy, const KeysOf& keys_of,
                                          PinnedDigests& digests);
Result<ResolvedPrograms> resolve_programs(const KernelMaps& maps, const rules::CompiledPolicy& policy,
                                          PinnedDigests& digests);

}  // namespace modelward::agent
