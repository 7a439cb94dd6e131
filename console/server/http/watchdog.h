// SPDX-License-Identifier: Apache-2.0
// Closes a connection that takes too long, which ends whatever it is waiting for.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

#include "wire/tls_stream.h"

namespace modelward::console {

// Lives and dies with its stream, on the stream's executor.
class Watchdog {
  public:
    explicit Watchdog(wire::TlsStream& stream)
        : state_(std::make_shared<State>(State{&stream, boost::asio::steady_timer(stream.get_executor())})) {}
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog() {
        state_->stream = nullptr;
        disarm();
    }

    // Replaces the deadline before.
    void arm(std::chrono::steady_clock::duration time) {
        state_->timer.expires_after(time);
        state_->timer.async_wait([state = state_](const boost::system::error_code& error) {
            // A timer that was armed again after it fired is not due.
            const bool due = state->timer.expiry() <= std::chrono::steady_clock::now();
            if (!error && due && state->stream != nullptr) state->stream->close();
        });
    }
    void disarm() { state_->timer.cancel(); }

  private:
    struct State {
        wire::TlsStream* stream;
        boost::asio::steady_timer timer;
    };
    std::shared_ptr<State> state_;
};

}  // namespace modelward::console
