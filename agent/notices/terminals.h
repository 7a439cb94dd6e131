// SPDX-License-Identifier: Apache-2.0
// Writes to the controlling terminal of whoever was stopped.
//
// The terminal is that of the process, or, when the process is gone already, of its nearest ancestor that
// still lives. It is written to only if it is a terminal of this host that belongs to the same user (or to
// who logged in), so rarely that nobody is kept from working, and never waited for: one that does not take
// all the bytes at once is left alone for a while. Nothing is opened before it is known that this person, and
// everybody together, may be told again: what is stopped in masses costs the main loop nothing. Main loop
// only.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "agent/loop/allowance.h"
#include "agent/sensor/kernel_event.h"

namespace modelward::agent {

// In ten seconds, a repeated one included: as many as ten terminals take. What comes beyond is held back
// before anything is looked at.
inline constexpr std::size_t kMostTellsOfOne = 30;
inline constexpr std::size_t kMostTells = 120;

class Terminals {
  public:
    using Clock = Allowance::Clock;
    enum class Outcome {
        kTold,
        kNoTerminal,  // there is none, or not on this host
        kNotTheirs,   // it belongs to someone else
        kHeldBack,    // it, its user or everybody was told of the same, or of many things, just now
        kGivenUp,     // it does not take the bytes
    };

    // Equal `topic`s are told once in a while.
    Outcome tell(const KernelEvent& event, const std::string& topic, const std::string& text,
                 Clock::time_point now);

  private:
    struct Terminal {
        std::deque<Clock::time_point> told;
        std::map<std::string, Clock::time_point> topics;
        Clock::time_point leave_alone_until{};
        Clock::time_point last{};
    };
    using Key = std::pair<dev_t, std::uint32_t>;  // with its session: numbers are used again
    Terminal& terminal_of(const Key& key, Clock::time_point now);
    static bool may_tell(Terminal& terminal, const std::string& topic, Clock::time_point now);

    std::map<Key, Terminal> terminals_;
    AllowanceOfEach<std::uint32_t> of_each_{256, kMostTellsOfOne, std::chrono::seconds(10)};
    Allowance of_all_{kMostTells, std::chrono::seconds(10)};
};

}  // namespace modelward::agent
