// SPDX-License-Identifier: Apache-2.0
// The removable media of the moment, looked up on every open. Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <utility>

#include "agent/sensor/kernel_maps.h"

namespace modelward::agent {

class RemovableMedia {
  public:
    bool contains(std::uint32_t device) const {
        const std::lock_guard lock(mutex_);
        return devices_.contains(device);
    }
    void set(std::set<std::uint32_t> devices) {
        const std::lock_guard lock(mutex_);
        devices_ = std::move(devices);
    }

  private:
    mutable std::mutex mutex_;
    std::set<std::uint32_t> devices_;
};

// What the programs know (bpf/fallback/device.bpf.h). False: a device found no room.
bool put_removable(const KernelMaps& maps, const std::set<std::uint32_t>& devices);

}  // namespace modelward::agent
