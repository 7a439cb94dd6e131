// SPDX-License-Identifier: Apache-2.0
// A disk that holds a labelled file carries the file's marks, under the inode number 0 and,
// for a generation, the sequence number of the medium in it: see bpf/hooks_disk.bpf.h. They stay when the
// file goes: its blocks do, too.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "agent/sensor/kernel_event.h"
#include "agent/sensor/kernel_maps.h"
#include "agent/sensor/mount_changes.h"
#include "bpf/shared.h"

namespace modelward::agent {

class DiskLabels {
  public:
    // A file on the file system `device` carries `label` now. Cheap when its disks carry that already.
    void carry(const KernelMaps& maps, std::uint32_t device, const Label& label);

    std::uint64_t failed() const { return failed_; }  // disks that could not be labelled

  private:
    struct Known {
        std::optional<std::uint64_t> sequence;  // of its first disk
        kernel::marks marks{};
        std::vector<kernel::inode_key> keys;  // labelled for it
    };
    void forget_unmounted(const KernelMaps& maps);
    // False: it could not be labelled.
    bool carry_on_disk(const KernelMaps& maps, std::uint32_t disk, Known& known);
    // By file system. One without a block device of its own (btrfs, overlay, tmpfs) has a number that the
    // next one gets when it is unmounted, and no sequence tells them apart: these are forgotten at every
    // mount and unmount.
    std::map<std::uint32_t, Known> known_;
    MountChanges mounts_;
    std::uint64_t failed_ = 0;
};

// All of `more` that fits. True: that was something new.
bool add_marks(kernel::marks& marks, const kernel::marks& more);

}  // namespace modelward::agent
