// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/policy_loader.h"

#include <algorithm>

namespace modelward::agent {

namespace {

struct TableShape {
    bpf_map_type type;
    const char* name;
    std::uint32_t key_bytes;
    std::uint32_t value_bytes;
};

Result<UniqueFd> make_table(const TableShape& shape, std::size_t entries) {
    ::bpf_map_create_opts options{};
    options.sz = sizeof options;
    options.map_flags = shape.type == BPF_MAP_TYPE_ARRAY ? 0 : BPF_F_NO_PREALLOC;
    const std::string name = MODELWARD_GUARDED_NAME + std::string(shape.name);  // the kernel keeps 15 bytes
    UniqueFd fd(::bpf_map_create(shape.type, name.substr(0, 15).c_str(), shape.key_bytes, shape.value_bytes,
                                 static_cast<std::uint32_t>(std::max<std::size_t>(entries, 1)), &options));
    if (!fd) return fail_errno(std::string("make the policy's table ") + shape.name);
    return fd;
}

template <typename Rows>
Result<void> fill_slot(const UniqueFd& outer, std::uint32_t slot, const TableShape& shape, const Rows& rows) {
    auto table = make_table(shape, rows.size());
    if (!table) return fail(table.error());
    for (const auto& [key, value] : rows)
        if (auto put = map_put(*table, key, value, "fill the policy's tables"); !put) return put;
    return map_put(outer, slot, table->get(), "place the policy's tables");
}

Result<kernel::installation> read_installation(const KernelMaps& maps) {
    const std::uint32_t zero = 0;
    kernel::installation installed;
    if (::bpf_map_lookup_elem(maps.installed.get(), &zero, &installed) != 0)
        return fail_errno("read what is installed");
    return installed;
}

std::uint32_t free_slot(const kernel::installation& installed) {
    std::uint32_t slot = 0;
    while (slot == installed.slot || slot == installed.next_slot)
        ++slot;
    return slot;
}

}  // namespace

Result<void> load_policy(const KernelMaps& maps, KernelPolicy policy) {
    auto installed = read_installation(maps);
    if (!installed) return fail(installed.error());
    const std::uint32_t slot = policy.policy.slot = free_slot(*installed);

    constexpr std::uint32_t set_bytes = sizeof(kernel::rule_set);
    if (auto done = fill_slot(maps.destinations, slot,
                              {BPF_MAP_TYPE_LPM_TRIE, "destinations", sizeof(kernel::destination_key),
                               sizeof(kernel::destination_rules)},
                              policy.destinations);
        !done)
        return done;
    if (auto done = fill_slot(
            maps.domains, slot,
            {BPF_MAP_TYPE_LPM_TRIE, "domains", sizeof(kernel::name_key), sizeof(kernel::name_rules)},
            policy.domains);
        !done)
        return done;
    if (auto done = fill_slot(maps.ports, slot, {BPF_MAP_TYPE_HASH, "ports", 4, set_bytes}, policy.ports);
        !done)
        return done;
    if (auto done = fill_slot(maps.users, slot, {BPF_MAP_TYPE_HASH, "users", 4, set_bytes}, policy.users);
        !done)
        return done;

    if (auto done = fill_slot(
            maps.programs, slot,
            {BPF_MAP_TYPE_HASH, "programs", sizeof(kernel::inode_key), sizeof(kernel::program_rules)},
            policy.programs);
        !done)
        return done;

    policy.policy.clock_offset_ns = installed->clock_offset_ns;
    const std::uint32_t zero = 0;
    auto table = make_table({BPF_MAP_TYPE_ARRAY, "policy", 4, sizeof(kernel::policy)}, 1);
    if (!table) return fail(table.error());
    if (auto put = map_put(*table, zero, policy.policy, "fill the policy"); !put) return put;
    installed->next_slot = slot;
    if (auto put = map_put(maps.installed, zero, *installed, "note the policy's place"); !put) return put;
    if (auto put = map_put(maps.policies, zero, table->get(), "put the policy into force"); !put) return put;
    installed->slot = slot;
    return map_put(maps.installed, zero, *installed, "note the policy's place");
}

}  // namespace modelward::agent
