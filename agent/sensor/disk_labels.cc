// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/disk_labels.h"

#include <algorithm>

#include "agent/sensor/disks.h"
#include "agent/sensor/label_marks.h"
#include "agent/sensor/label_table.h"

namespace modelward::agent {

namespace {

// False: it could not be labelled.
bool carry_on_disk(const KernelMaps& maps, std::uint32_t disk, const kernel::marks& marks) {
    const kernel::inode_key key{.inode = 0, .device = disk, .generation = 0};
    kernel::label label{};
    const bool known = ::bpf_map_lookup_elem(maps.labels.get(), &key, &label) == 0;
    if (!add_marks(label.marks, marks) && known) return true;
    label.origin = kernel::kOriginDerived;
    return put_label(maps, key, label).has_value();
}

}  // namespace

bool add_marks(kernel::marks& marks, const kernel::marks& more) {
    const kernel::marks before = marks;
    marks.classes |= more.classes;
    marks.kinds |= more.kinds;
    bool grew = marks.classes != before.classes || marks.kinds != before.kinds;
    for (const std::uint32_t artifact : more.artifacts) {
        if (!artifact || std::ranges::find(marks.artifacts, artifact) != std::end(marks.artifacts)) continue;
        auto* const place = std::ranges::find(marks.artifacts, 0U);
        if (place == std::end(marks.artifacts)) break;
        *place = artifact;
        grew = true;
    }
    return grew;
}

void DiskLabels::carry(const KernelMaps& maps, std::uint32_t device, const Label& label) {
    const auto value = to_kernel(label);
    if (!value || !add_marks(known_[device], value->marks)) return;
    for (const std::uint32_t disk : disks_below(device))
        if (!carry_on_disk(maps, disk, value->marks)) ++failed_;
}

}  // namespace modelward::agent
