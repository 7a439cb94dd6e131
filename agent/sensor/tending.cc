// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/tending.h"

#include <fcntl.h>
#include <poll.h>

#include <algorithm>

#include "agent/sensor/kernel_variables.h"
#include "agent/sensor/losses.h"
#include "agent/sensor/mount_servers.h"
#include "agent/sensor/mounts.h"
#include "agent/sensor/removable_disks.h"
#include "agent/sensor/volumes.h"
#include "bpf/shared.h"

namespace modelward::agent {

namespace {

constexpr auto kWalkPause = std::chrono::seconds(1);
constexpr auto kModulePause = std::chrono::minutes(1);
constexpr int kWalkShare = 20;  // a walk's pause is at least that many times what the last one took
constexpr int kWalkRounds = 4;  // a round may label files that others hold

std::uint64_t tended_value(const KernelMaps& maps, std::uint32_t place) {
    std::uint64_t value = 0;
    return ::bpf_map_lookup_elem(maps.tended.get(), &place, &value) == 0 ? value : 0;
}

}  // namespace

Tending::Tending() : mounts_(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)) {}

void Tending::tend(const KernelMaps& maps, const Pins& pins, Clock::time_point now) {
    look_at_mounts(maps);
    resolvers_.tend(maps, now);
    look_at_modules(maps, now);
    const std::uint64_t wanted = tended_value(maps, kernel::kTendedWalks);
    if (wanted != walks_seen_) walk_due_ = true;
    if (!walk_due_ || now - last_walk_ < std::max<Clock::duration>(kWalkPause, last_cost_ * kWalkShare))
        return;
    walks_seen_ = wanted;
    walk_due_ = false;
    walk(maps, pins, now);
}

void Tending::walk(const KernelMaps& maps, const Pins& pins, Clock::time_point now) {
    for (int round = 0; round < kWalkRounds; ++round) {
        const auto found = [&] {
            return read_loss(maps, kernel::kHoldersTainted) + read_loss(maps, kernel::kSharedLabelled);
        };
        const std::uint64_t before = found();
        for (const char* program : {"holders_of_maps", "holders_of_files"})
            if (!pins.run_iterator(program)) {
                ++walks_failed_;
                walk_due_ = true;
            }
        ++walks_;
        if (found() == before) break;
    }
    last_walk_ = Clock::now();
    last_cost_ = last_walk_ - now;
}

void Tending::look_at_mounts(const KernelMaps& maps) {
    pollfd changed{mounts_.get(), POLLPRI, 0};
    if (mounts_ && ::poll(&changed, 1, 0) > 0) mounts_due_ = true;
    if (!mounts_due_) return;
    mounts_due_ = false;
    const auto mounts = read_mounts();
    if (!mounts) {
        ++mounts_failed_;
        mounts_due_ = true;
        return;
    }
    for (const auto& [device, server] : servers_of(*mounts))
        if (::bpf_map_update_elem(maps.servers.get(), &device, &server, BPF_ANY) != 0) ++mounts_failed_;
    const auto volumes = devices_of_volumes(*mounts);
    const auto sticks = volumes.empty() ? std::set<std::uint32_t>{} : removable_devices();
    for (const auto& [volume, devices] : volumes) {
        const bool removable =
            std::ranges::any_of(devices, [&](std::uint32_t device) { return sticks.contains(device); });
        const std::uint32_t place = removable ? kernel::kPointRemovable : 0;
        if (::bpf_map_update_elem(maps.volumes.get(), &volume, &place, BPF_ANY) != 0) ++mounts_failed_;
    }
}

// A module without types gets none later: it is asked again seldom.
void Tending::look_at_modules(const KernelMaps& maps, Clock::time_point now) {
    for (auto& module : modules_) {
        if (module.known || now < module.next_look || !module.is_loaded()) continue;
        const auto layout = module.layout();
        module.known = layout && set_variable(maps.variables, module.place, *layout);
        if (!layout) module.next_look = now + kModulePause;
    }
}

std::vector<Counter> Tending::counters() const {
    return {{"holder_walks", walks_},
            {"holder_walk_failed", walks_failed_},
            {"mounts_unread", mounts_failed_},
            {"resolvers_unread", resolvers_.failed()}};
}

}  // namespace modelward::agent
