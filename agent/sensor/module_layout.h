// SPDX-License-Identifier: Apache-2.0
// Where loadable modules keep what the kernel programs read of theirs. The programs cannot say it themselves:
// libbpf looks at a module's types when they are loaded, and the module may come later.
#pragma once

#include <cstdint>
#include <optional>

namespace modelward::agent {

// Built in counts as loaded.
bool loop_is_loaded();
bool btrfs_is_loaded();

// As the variables of the kernel programs want it (kernel::variables). Nothing: the types are not
// known. Costs the reading of all the kernel's types.
std::optional<std::uint64_t> loop_layout();
std::optional<std::uint64_t> btrfs_layout();

}  // namespace modelward::agent
