// SPDX-License-Identifier: Apache-2.0
// The descriptors of the maps of bpf/maps.bpf.h and bpf/fallback/maps.bpf.h, freshly loaded or opened from
// their pins, and typed access to them.
#pragma once

#include <bpf/bpf.h>

#include <array>
#include <span>
#include <string_view>

#include "base/error.h"
#include "base/unique_fd.h"

namespace modelward::agent {

struct KernelMaps {
    UniqueFd labels, variables, taints, pending_writes, policies, destinations, ports, users, programs,
        domains, socket_names, address_names, resolvers, meters, flows, channels, unplaced, connections,
        sharers, sinks, recent, crowd, blocks, events, losses, installed, pieces_of_users, scripts, servers,
        volumes, tended, guard, guarded, guarded_objects, guardians;
    UniqueFd processes, ended, sockets, refusals, removable, asked;  // of the fallback sensor only
};

struct MapName {
    std::string_view name;  // in the BPF object and in the pin directory
    UniqueFd KernelMaps::* fd;
    std::string_view section = {};  // in the BPF object, if it has another name there: pins bear no dot
};

// Of the lsm/ and fmod_ret/ programs; of the fallback sensor's, which leave out what those alone need.
std::span<const MapName> map_names();
std::span<const MapName> fallback_map_names();

template <typename Key, typename Value>
Result<void> map_put(const UniqueFd& map, const Key& key, const Value& value, std::string_view what) {
    if (::bpf_map_update_elem(map.get(), &key, &value, BPF_ANY) == 0) return {};
    return fail_errno(what);
}

}  // namespace modelward::agent
