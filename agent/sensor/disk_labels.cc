// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/disk_labels.h"

#include <algorithm>

#include "agent/sensor/disks.h"
#include "agent/sensor/label_marks.h"
#include "agent/sensor/label_table.h"

namespace modelward::agent {

namespace {

kernel::inode_key key_of(std::uint32_t disk, std::uint64_t sequence) {
    return {.inode = 0, .device = disk, .generation = static_cast<std::uint32_t>(sequence)};
}

bool is_gone(const kernel::inode_key& key) {
    const auto sequence = disk_sequence(key.device);
    return !sequence || key_of(key.device, *sequence).generation != key.generation;
}

void drop_gone(const KernelMaps& maps, const std::vector<kernel::inode_key>& keys) {
    for (const auto& key : keys)
        if (is_gone(key)) ::bpf_map_delete_elem(maps.labels.get(), &key);
}

bool is_of_a_disk(std::uint32_t device) {
    return device >> 20 != 0;
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

bool DiskLabels::carry_on_disk(const KernelMaps& maps, std::uint32_t disk, Known& known) {
    const auto sequence = disk_sequence(disk);
    if (!sequence) return false;
    const kernel::inode_key key = key_of(disk, *sequence);
    kernel::label label{};
    const bool found = ::bpf_map_lookup_elem(maps.labels.get(), &key, &label) == 0;
    const bool grew = add_marks(label.marks, known.marks);
    label.origin = kernel::kOriginDerived;
    const auto same = [&](const kernel::inode_key& other) {
        return other.device == key.device && other.generation == key.generation;
    };
    if (std::ranges::none_of(known.keys, same)) known.keys.push_back(key);
    if (!grew && found) return true;
    return put_label(maps, key, label).has_value();
}

void DiskLabels::forget_unmounted(const KernelMaps& maps) {
    std::erase_if(known_, [&](const auto& known) {
        if (is_of_a_disk(known.first)) return false;
        drop_gone(maps, known.second.keys);
        return true;
    });
}

void DiskLabels::carry(const KernelMaps& maps, std::uint32_t device, const Label& label) {
    const auto value = to_kernel(label);
    if (!value) return;
    if (mounts_.happened()) forget_unmounted(maps);
    Known& known = known_[device];
    if (const auto now = disk_sequence(device); now != known.sequence) {
        drop_gone(maps, known.keys);
        known = {now, {}, {}};
    }
    if (!add_marks(known.marks, value->marks)) return;
    bool all = true;
    for (const std::uint32_t disk : disks_below(device))
        if (!carry_on_disk(maps, disk, known)) {
            ++failed_;
            all = false;
        }
    if (!all) known.marks = {};  // the next label tries again
}

}  // namespace modelward::agent
