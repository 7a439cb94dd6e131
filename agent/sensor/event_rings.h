// SPDX-License-Identifier: Apache-2.0
// The kernel's two rings as one stream: what was refused has a ring of its own, which nothing else can fill.
// Events come in the order of their time as far as both rings hold them; each ring numbers its own.
#pragma once

#include <functional>

#include "agent/sensor/kernel_event.h"
#include "agent/sensor/kernel_maps.h"
#include "agent/sensor/ring_reader.h"

namespace modelward::agent {

class EventRings {
  public:
    static Result<EventRings> open(const KernelMaps& maps);

    // Readable when either ring has something.
    int fd() const { return ready_.get(); }

    // As Sensor::read_events().
    Result<std::size_t> read(const std::function<Result<void>(std::span<const KernelEvent>)>& take);

    std::uint64_t waiting_bytes(KernelRing ring) const;
    std::uint64_t undecodable() const { return undecodable_; }

  private:
    struct Ring {
        RingMapping mapping;
        RingReader reader;
    };
    EventRings(UniqueFd ready, Ring blocks, Ring others)
        : ready_(std::move(ready)), rings_{std::move(blocks), std::move(others)} {}
    static Result<Ring> open_ring(const UniqueFd& map, std::size_t bytes, const UniqueFd& ready);

    UniqueFd ready_;  // an epoll set of both
    std::array<Ring, 2> rings_;
    std::uint64_t undecodable_ = 0;
};

}  // namespace modelward::agent
