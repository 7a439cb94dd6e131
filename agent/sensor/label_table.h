// SPDX-License-Identifier: Apache-2.0
// The labels that the kernel keeps, by the kernel's own name of an inode.
#pragma once

#include <optional>
#include <vector>

#include "agent/sensor/kernel_event.h"
#include "agent/sensor/kernel_maps.h"
#include "bpf/shared.h"

namespace modelward::agent {

// The kernel's keys of the regular file behind `fd`: one, or two on an overlay (its inode, then the real
// one). Opens the file once more, which the programs watch for. kInvalid: not a regular file.
Result<std::vector<kernel::inode_key>> kernel_keys(const KernelMaps& maps, int fd);

// The same for a path, which may also lead to a folder.
Result<std::vector<kernel::inode_key>> kernel_keys_at(const KernelMaps& maps, const char* path);

Result<void> put_label(const KernelMaps& maps, const kernel::inode_key& key, const kernel::label& label);
Result<std::optional<Label>> get_label(const KernelMaps& maps, const kernel::inode_key& key);
Result<void> drop_label(const KernelMaps& maps, const kernel::inode_key& key);

// Writers remember which file's label held all that they carry: after this they ask again. For every change
// of a label, and at a start, since an agent may have died between a change and this.
Result<void> tell_of_change(const KernelMaps& maps);

kernel::inode_key to_kernel(const InodeKey& key);
InodeKey from_kernel(const kernel::inode_key& key);

}  // namespace modelward::agent
