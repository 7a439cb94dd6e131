// SPDX-License-Identifier: Apache-2.0
// The variables of the kernel programs that the agent writes (bpf/variables.bpf.h), through a mapping: with a
// system call the whole of them would be written, over what the programs set at the same time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "agent/sensor/kernel_maps.h"
#include "bpf/shared.h"

namespace modelward::agent {

// The programs look a label up only where its hint is set.
Result<void> set_label_hint(const UniqueFd& variables, const kernel::inode_key& key);

// `place`: offsetof() one of its members of 64 bits.
Result<void> set_variable(const UniqueFd& variables, std::size_t place, std::uint64_t value);

// Opens `path` (only reading, without waiting) and closes it again: what the kernel calls the inodes that the
// open passed. One thread of one process at a time.
Result<std::vector<kernel::inode_key>> keys_of_open(const UniqueFd& variables, const char* path);

}  // namespace modelward::agent
