// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/removable_media.h"

#include <bpf/bpf.h>

#include <vector>

namespace modelward::agent {

bool put_removable(const KernelMaps& maps, const std::set<std::uint32_t>& devices) {
    std::vector<std::uint32_t> gone;
    std::uint32_t key = 0;
    for (const void* after = nullptr; ::bpf_map_get_next_key(maps.removable.get(), after, &key) == 0;
         after = &key)
        if (!devices.contains(key)) gone.push_back(key);
    for (const auto device : gone)
        ::bpf_map_delete_elem(maps.removable.get(), &device);
    bool all = true;
    const std::uint8_t yes = 1;
    for (const auto device : devices)
        all &= ::bpf_map_update_elem(maps.removable.get(), &device, &yes, BPF_ANY) == 0;
    return all;
}

}  // namespace modelward::agent
