// SPDX-License-Identifier: Apache-2.0
// What the programs leave to the agent: walks over all processes, the servers behind mounted file systems,
// this host's resolvers, and where the loop module keeps a device's file. Until the agent has looked, the
// programs take the worst case.
#pragma once

#include <chrono>

#include "agent/sensor/pins.h"
#include "agent/sensor/resolvers.h"
#include "agent/sensor/sensor.h"

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
    void look_at_loop(const KernelMaps& maps);

    bool walk_due_ = true;
    std::uint64_t walks_seen_ = 0;
    Clock::time_point last_walk_{};
    Clock::duration last_cost_{};
    UniqueFd mounts_;
    bool mounts_due_ = true;
    bool loop_known_ = false;
    Resolvers resolvers_;
    std::uint64_t walks_ = 0, walks_failed_ = 0, mounts_failed_ = 0;
};

}  // namespace modelward::agent
