// SPDX-License-Identifier: Apache-2.0
// What a console does for itself at its start and once a day: removes the events that are older than it
// keeps, and says when its certificate is about to end.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "console/server/state_directory.h"
#include "console/server/store/config_database.h"
#include "console/server/store/event_store.h"

namespace modelward::console {

// The oldest month to keep ("2026-11"): this one and the `months` before it.
std::string first_kept_period(std::int64_t now_ms, int months);

// Months that are kept besides the running one; 0 keeps everything.
struct Retention {
    int events = 0;
    int audit = 0;
};

// Does it once; a sentence for the log for each thing that was done or is due.
std::vector<std::string> upkeep(EventStore& events, ConfigDatabase& config, const StateDirectory& state,
                                const Retention& kept, std::int64_t now_ms);

class RepeatedWork {
  public:
    // `work` runs on the pool. Everything outlives this.
    RepeatedWork(boost::asio::io_context& io, boost::asio::thread_pool& workers, std::chrono::minutes period,
                 std::function<void()> work)
        : period_(period), timer_(io), workers_(workers), work_(std::move(work)) {}
    void start();  // now, and every `period`

  private:
    const std::chrono::minutes period_;
    boost::asio::steady_timer timer_;
    boost::asio::thread_pool& workers_;
    const std::function<void()> work_;
};

}  // namespace modelward::console
