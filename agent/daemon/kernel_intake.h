// SPDX-License-Identifier: Apache-2.0
// Kernel events into the spool. While the spool has no room they stay in the kernel's ring: reading pauses,
// and is tried again once a second. Main loop only.
#pragma once

#include <functional>

#include "agent/enrich/event_builder.h"
#include "agent/loop/event_loop.h"
#include "agent/sensor/sensor.h"
#include "agent/spool/spool.h"

namespace modelward::agent {

class KernelIntake {
  public:
    struct Handlers {
        std::function<void(const KernelEvent&)> derived;                     // lineage labelled a file
        std::function<void(const KernelEvent&, const wire::Event&)> stored;  // each one
    };

    // The references must outlive the intake.
    KernelIntake(EventLoop& loop, Sensor& sensor, Spool& spool, EventBuilder& builder, Handlers handlers)
        : loop_(&loop),
          sensor_(&sensor),
          spool_(&spool),
          builder_(&builder),
          handlers_(std::move(handlers)) {}
    KernelIntake(const KernelIntake&) = delete;
    ~KernelIntake() { pause(); }

    Result<void> start();
    void read();
    // Lets the kernel report what it has counted, and tries again what found no room.
    void once_a_second();

    bool paused() const { return !listening_; }
    std::uint64_t events() const { return events_; }

  private:
    Result<void> take(std::span<const KernelEvent> events);
    Result<void> listen();
    void pause();

    EventLoop* loop_;
    Sensor* sensor_;
    Spool* spool_;
    EventBuilder* builder_;
    Handlers handlers_;
    bool listening_ = false;
    bool waiting_ = false;  // the last read found no room
    std::uint64_t events_ = 0;
};

}  // namespace modelward::agent
