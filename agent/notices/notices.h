// SPDX-License-Identifier: Apache-2.0
// Tells people what was stopped: at once on their terminal, and for a while to whoever asks. Main loop only.
#pragma once

#include "agent/notices/notice_board.h"
#include "agent/notices/terminals.h"

namespace modelward::agent {

class Notices {
  public:
    struct Counters {
        std::uint64_t made = 0;
        std::uint64_t on_terminals = 0;
        std::uint64_t held_back = 0;        // the terminal was told often enough
        std::uint64_t not_on_terminal = 0;  // none, not theirs, or it does not take the bytes
    };

    // `built` is what `event` was made into.
    void take(const KernelEvent& event, const wire::Event& built);

    // {"command": "notices", "since": N, "run": TEXT} from that user.
    nlohmann::json answer(const nlohmann::json& request, std::uint32_t uid) const;

    const Counters& counters() const { return counters_; }

  private:
    NoticeBoard board_;
    Terminals terminals_;
    Counters counters_;
};

}  // namespace modelward::agent
