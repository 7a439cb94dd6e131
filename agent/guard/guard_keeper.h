// SPDX-License-Identifier: Apache-2.0
// Keeps the sensor's guard as the configuration wants it, and opens it for maintenance. A guard that is on is
// not turned off by a configuration alone, nor taken over by an agent with another configuration or state:
// who could do that would need no token. Main loop only.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "agent/config/config.h"
#include "agent/enroll/identity.h"
#include "agent/guard/maintenance.h"
#include "agent/sensor/sensor.h"

namespace modelward::agent {

class GuardKeeper {
  public:
    using Say = std::function<void(const std::string& sentence)>;  // becomes an AGENT event

    // The sensor must outlive the keeper.
    GuardKeeper(Sensor& sensor, Config config, Say say)
        : sensor_(&sensor),
          config_(std::move(config)),
          maintenance_(config_.state_dir),
          say_(std::move(say)) {}

    // Before anything else: kDenied when the guard is on for another configuration or state.
    Result<void> check() const;

    // Whether it is on now and no token has opened it: also of an agent before, as long as close() has not
    // run.
    bool is_closed() const;

    // Turns the guard on where it is wanted; needs an identity, for the key that opens it again.
    void close(const std::optional<Identity>& identity);

    // Opens the guard: a sentence that says for how long.
    Result<std::string> redeem(const std::string& token);
    // kNotFound: the guard is off.
    Result<std::string> end_maintenance();

    // Whether the agent may be stopped: kDenied when it takes a token.
    Result<void> lets_stop() const;

    // Once in a while: closes the guard again when the time is over.
    void tick();

    bool on() const { return on_; }
    const std::string& problem() const { return problem_; }
    nlohmann::json status() const;

  private:
    GuardStatus look() const;

    Sensor* sensor_;
    Config config_;
    Maintenance maintenance_;
    Say say_;
    std::optional<Identity> identity_;
    bool on_ = false;
    bool open_ = false;
    std::string problem_;
};

}  // namespace modelward::agent
