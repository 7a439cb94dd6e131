// SPDX-License-Identifier: Apache-2.0
// The running console: databases, ports and threads put together.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "console/server/state_directory.h"

namespace modelward::console {

struct ConsoleOptions {
    StateDirectory state{};
    std::string listen = "0.0.0.0:8443";             // people
    std::string agents_listen = "0.0.0.0:8444";      // agents
    std::function<std::int64_t()> now_ms{};          // empty: the system's clock
    int retention_months = 13;                       // of events, besides the month that runs; 0: all
    int audit_months = 36;                           // the same for the audit log
    std::chrono::milliseconds stream_check{15'000};  // of sessions with an open stream
};

class Console {
  public:
    // Everything is open and bound; nothing is served yet.
    static Result<std::unique_ptr<Console>> open(const ConsoleOptions& options);
    ~Console();  // stops
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    void start();  // returns at once
    void stop();   // ends connections; what was acknowledged is stored, what was not comes again

    std::uint16_t people_port() const;
    std::uint16_t agents_port() const;

  private:
    struct Parts;
    explicit Console(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace modelward::console
