// SPDX-License-Identifier: Apache-2.0
// What the programs leave to the agent: walks over all processes, the servers behind mounted file systems,
// this host's resolvers, and where the modules of loop devices and btrfs keep what they lie on. Until the
// agent has looked, the programs take the worst case.
#pragma once

#include <chrono>
#include <cstddef>

#include "agent/sensor/module_layout.h"
#include "agent/sensor/pins.h"
#include "agent/sensor/resolvers.h"
#include "agent/sensor/sensor.h"
#include "bpf/shared.h"

namespace modelward::agent {

class Tending {
  public:
    using Clock = std::chrono::steady_clock;

    Tending();

    // A label was set or derived: somebody may hold the file.
    void labels_came() { walk_due_ = true; }

    void tend(const KernelMaps& maps, const Pins& pins, Clock::time_point now);

    std::vector<Counter> counters() const;

  private:
    void walk(const KernelMaps& maps, const Pins& pins, Clock::time_point now);
    void look_at_mounts(const KernelMaps& maps);
    void look_at_modules(const KernelMaps& maps, Clock::time_point now);

    bool walk_due_ = true;
    std::uint64_t walks_seen_ = 0;
    Clock::time_point last_walk_{};
    Clock::duration last_cost_{};
    UniqueFd mounts_;
    bool mounts_due_ = true;
    struct Module {
        std::size_t place;  // among the variables
        bool (*is_loaded)();
        std::optional<std::uint64_t> (*layout)();
        bool known = false;
        Clock::time_point next_look{};
    };
    Module modules_[2] = {{offsetof(kernel::variables, loop_file), loop_is_loaded, loop_layout},
                          {offsetof(kernel::variables, btrfs), btrfs_is_loaded, btrfs_layout}};
    Resolvers resolvers_;
    std::uint64_t walks_ = 0, walks_failed_ = 0, mounts_failed_ = 0;
};

}  // namespace modelward::agent
