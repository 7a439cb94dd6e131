// SPDX-License-Identifier: Apache-2.0
// Gets events from the spool to the console, and bundles and certificates from the console to the host: what
// is sent when.
// Events go at once, a heartbeat when nothing else went for a while; after a failure it waits (backoff.h).
// Main loop only.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/loop/event_loop.h"
#include "agent/spool/spool.h"
#include "agent/uplink/backoff.h"
#include "agent/uplink/uplink.h"

namespace modelward::agent {

inline constexpr std::size_t kMostEventsPerBatch = 200;
inline constexpr std::size_t kMostBatchBytes = 4 << 20;

class Delivery {
  public:
    using Clock = std::chrono::steady_clock;
    struct Host {
        std::function<wire::Status()> status;
        std::function<std::uint64_t()> bundle_version;  // in force
        std::function<void(const wire::SignedBundle&)> bundle;
        std::function<void(const std::string&)> bundle_problem;
        // A certificate request in DER when one is due; asked often.
        std::function<std::optional<std::string>()> renewal_request{};
        std::function<void(const Result<wire::RenewResponse>&)> renewed{};
    };

    Delivery(EventLoop& loop, Spool& spool, Host host, std::chrono::seconds heartbeat, std::uint32_t seed)
        : loop_(&loop), spool_(&spool), host_(std::move(host)), heartbeat_(heartbeat), backoff_(seed) {}
    Delivery(const Delivery&) = delete;
    ~Delivery();

    // From now on there is a console. An earlier connection ends.
    Result<void> connect(Uplink::Perform perform);

    // Sends what is due, if nothing is under way. Cheap; call it whenever something may be due.
    void poke(Clock::time_point now);

    bool reachable() const { return reachable_; }
    const std::string& problem() const { return problem_; }
    std::uint64_t batches_sent() const { return batches_sent_; }

  private:
    // A bundle that was refused is asked for again when the console has another one, or after this long.
    static constexpr std::chrono::seconds kAskAgain{60};

    void finished();
    void acknowledged(const wire::EventAck& ack);
    void fetched(const std::optional<wire::SignedBundle>& bundle);
    void failed(const Error& error);

    EventLoop* loop_;
    Spool* spool_;
    Host host_;
    std::chrono::seconds heartbeat_;
    Backoff backoff_;
    std::unique_ptr<Uplink> uplink_;
    Clock::time_point next_try_{};
    Clock::time_point next_heartbeat_{};
    std::uint64_t sent_sequence_ = 0;  // the newest of the batch under way
    bool fetch_ = false;
    std::uint64_t offered_version_ = 0;  // what the console had when it was last asked for a bundle
    Clock::time_point offered_at_{};
    bool reachable_ = false;
    std::string problem_;
    std::uint64_t batches_sent_ = 0;
};

}  // namespace modelward::agent
