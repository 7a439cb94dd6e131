// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/kernel_maps.h"

namespace modelward::agent {

std::span<const MapName> map_names() {
    static constexpr std::array names = {
        MapName{"labels", &KernelMaps::labels},
        MapName{"variables", &KernelMaps::variables, ".bss"},
        MapName{"taints", &KernelMaps::taints},
        MapName{"pending_writes", &KernelMaps::pending_writes},
        MapName{"policies", &KernelMaps::policies},
        MapName{"destinations", &KernelMaps::destinations},
        MapName{"domains", &KernelMaps::domains},
        MapName{"socket_names", &KernelMaps::socket_names},
        MapName{"address_names", &KernelMaps::address_names},
        MapName{"resolvers", &KernelMaps::resolvers},
        MapName{"ports", &KernelMaps::ports},
        MapName{"users", &KernelMaps::users},
        MapName{"programs", &KernelMaps::programs},
        MapName{"meters", &KernelMaps::meters},
        MapName{"flows", &KernelMaps::flows},
        MapName{"channels", &KernelMaps::channels},
        MapName{"unplaced", &KernelMaps::unplaced},
        MapName{"connections", &KernelMaps::connections},
        MapName{"sharers", &KernelMaps::sharers},
        MapName{"sinks", &KernelMaps::sinks},
        MapName{"pieces_of_users", &KernelMaps::pieces_of_users},
        MapName{"scripts", &KernelMaps::scripts},
        MapName{"servers", &KernelMaps::servers},
        MapName{"volumes", &KernelMaps::volumes},
        MapName{"tended", &KernelMaps::tended},
        MapName{"recent", &KernelMaps::recent},
        MapName{"crowd", &KernelMaps::crowd},
        MapName{"blocks", &KernelMaps::blocks},
        MapName{"events", &KernelMaps::events},
        MapName{"losses", &KernelMaps::losses},
        MapName{"guard", &KernelMaps::guard},
        MapName{"guarded", &KernelMaps::guarded},
        MapName{"guarded_objects", &KernelMaps::guarded_objects},
        MapName{"guardians", &KernelMaps::guardians},
        MapName{"installed", &KernelMaps::installed},
    };
    return names;
}

std::span<const MapName> fallback_map_names() {
    static constexpr std::array names = {
        MapName{"labels", &KernelMaps::labels},
        MapName{"policies", &KernelMaps::policies},
        MapName{"destinations", &KernelMaps::destinations},
        MapName{"domains", &KernelMaps::domains},
        MapName{"socket_names", &KernelMaps::socket_names},
        MapName{"address_names", &KernelMaps::address_names},
        MapName{"ports", &KernelMaps::ports},
        MapName{"users", &KernelMaps::users},
        MapName{"programs", &KernelMaps::programs},
        MapName{"meters", &KernelMaps::meters},
        MapName{"blocks", &KernelMaps::blocks},
        MapName{"events", &KernelMaps::events},
        MapName{"losses", &KernelMaps::losses},
        MapName{"installed", &KernelMaps::installed},
        MapName{"processes", &KernelMaps::processes},
        MapName{"ended", &KernelMaps::ended},
        MapName{"sockets", &KernelMaps::sockets},
        MapName{"refusals", &KernelMaps::refusals},
        MapName{"removable", &KernelMaps::removable},
        MapName{"asked", &KernelMaps::asked},
    };
    return names;
}

}  // namespace modelward::agent
