// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/label_table.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "agent/sensor/label_marks.h"

namespace modelward::agent {

namespace {

Result<kernel::learning> open_watched(const KernelMaps& maps, const char* path) {
    const std::uint32_t zero = 0;
    kernel::learning learning{};
    learning.thread = static_cast<std::uint32_t>(::gettid());
    if (auto put = map_put(maps.learned, zero, learning, "ask for an inode's key"); !put)
        return fail(put.error());
    const UniqueFd opened(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    const int error = errno;
    const int looked = ::bpf_map_lookup_elem(maps.learned.get(), &zero, &learning);
    if (auto put = map_put(maps.learned, zero, kernel::learning{}, "end asking for an inode's key"); !put)
        return fail(put.error());
    if (!opened) return fail(Error::from_errno(std::string("open ") + path, error));
    if (looked != 0) return fail_errno("read an inode's key");
    return learning;
}

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

// The programs look a label up only where its hint is set. The byte is stored through a mapping: written by a
// system call, its neighbours would be as well, which the programs set at the same time.
Result<void> set_hint(const UniqueFd& hints, const kernel::inode_key& key) {
    const std::uint64_t slot = MODELWARD_LABEL_SLOT(key.inode, key.device);
    const auto size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    void* page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, hints.get(),
                        static_cast<off_t>(slot / size * size));
    if (page == MAP_FAILED) return fail_errno("map the hints of labels");
    __atomic_store_n(static_cast<std::uint8_t*>(page) + slot % size, std::uint8_t{1}, __ATOMIC_SEQ_CST);
    ::munmap(page, size);
    return {};
}

}  // namespace

Result<std::vector<kernel::inode_key>> kernel_keys(const KernelMaps& maps, int fd) {
    struct stat status;
    if (::fstat(fd, &status) != 0) return fail_errno("stat a file to label");
    if (!S_ISREG(status.st_mode)) return fail(ErrorCode::kInvalid, "only regular files carry labels");
    return kernel_keys_at(maps, fmt::format("/proc/self/fd/{}", fd).c_str());
}

Result<std::vector<kernel::inode_key>> kernel_keys_at(const KernelMaps& maps, const char* path) {
    auto learned = open_watched(maps, path);
    if (!learned) return fail(learned.error());
    const auto count = std::min<std::size_t>(learned->count, kernel::kLearnedKeys);
    if (count == 0)
        return fail(ErrorCode::kInternal,
                    "the kernel did not show the inode behind a file: is the agent in a pid "
                    "namespace of its own?");
    return std::vector(learned->keys, learned->keys + count);
}

Result<void> put_label(const KernelMaps& maps, const kernel::inode_key& key, const kernel::label& label) {
    if (maps.label_hints)  // the fallback has none
        if (auto set = set_hint(maps.label_hints, key); !set) return set;
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
