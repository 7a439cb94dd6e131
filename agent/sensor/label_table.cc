// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/label_table.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "agent/sensor/kernel_variables.h"
#include "agent/sensor/label_marks.h"

namespace modelward::agent {

namespace {

// Not exact while the user writes on: the programs add to the sum at the same time.
void forgive_pieces(const KernelMaps& maps, const kernel::inode_key& key) {
    kernel::flow flow;
    if (::bpf_map_lookup_elem(maps.flows.get(), &key, &flow) != 0 || flow.counted == 0) return;
    const kernel::pieces_key user{flow.payer, flow.class_number};
    kernel::pieces pieces;
    if (::bpf_map_lookup_elem(maps.pieces_of_users.get(), &user, &pieces) != 0) return;
    pieces.bytes -= std::min(pieces.bytes, flow.counted);
    ::bpf_map_update_elem(maps.pieces_of_users.get(), &user, &pieces, BPF_EXIST);
}

}  // namespace

Result<std::vector<kernel::inode_key>> kernel_keys(const KernelMaps& maps, int fd) {
    struct stat status;
    if (::fstat(fd, &status) != 0) return fail_errno("stat a file to label");
    if (!S_ISREG(status.st_mode)) return fail(ErrorCode::kInvalid, "only regular files carry labels");
    return kernel_keys_at(maps, fmt::format("/proc/self/fd/{}", fd).c_str());
}

Result<std::vector<kernel::inode_key>> kernel_keys_at(const KernelMaps& maps, const char* path) {
    auto keys = keys_of_open(maps.variables, path);
    if (keys && keys->empty())
        return fail(ErrorCode::kInternal,
                    "the kernel did not show the inode behind a file: is the agent in a pid "
                    "namespace of its own?");
    return keys;
}

Result<void> put_label(const KernelMaps& maps, const kernel::inode_key& key, const kernel::label& label) {
    if (maps.variables)  // the fallback has none
        if (auto set = set_label_hint(maps.variables, key); !set) return set;
    if (::bpf_map_update_elem(maps.labels.get(), &key, &label, BPF_ANY) == 0) return tell_of_change(maps);
    if (errno == E2BIG)
        return fail(ErrorCode::kLimit,
                    fmt::format("the label table is full ({} files)", int{kernel::kMaxLabels}));
    return fail_errno("label a file");
}

Result<std::optional<Label>> get_label(const KernelMaps& maps, const kernel::inode_key& key) {
    kernel::label label;
    if (::bpf_map_lookup_elem(maps.labels.get(), &key, &label) == 0)
        return label_from(label.marks, label.origin);
    if (errno == ENOENT) return std::nullopt;
    return fail_errno("look up a label");
}

Result<void> drop_label(const KernelMaps& maps, const kernel::inode_key& key) {
    // The bytes written so far are forgiven too: a file whose content was found innocent starts anew, and was
    // no piece of anything.
    forgive_pieces(maps, key);
    ::bpf_map_delete_elem(maps.flows.get(), &key);
    if (::bpf_map_delete_elem(maps.labels.get(), &key) == 0 || errno == ENOENT) return tell_of_change(maps);
    return fail_errno("clear a label");
}

Result<void> tell_of_change(const KernelMaps& maps) {
    if (!maps.tended) return {};  // the fallback's
    const std::uint32_t place = kernel::kTendedLabels;
    std::uint64_t changes = 0;
    if (::bpf_map_lookup_elem(maps.tended.get(), &place, &changes) != 0)
        return fail_errno("look up how often labels have changed");
    return map_put(maps.tended, place, changes + 1, "tell the programs of a changed label");
}

kernel::inode_key to_kernel(const InodeKey& key) {
    return {key.inode, key.device, key.generation};
}

InodeKey from_kernel(const kernel::inode_key& key) {
    return {key.inode, key.device, key.generation};
}

}  // namespace modelward::agent
