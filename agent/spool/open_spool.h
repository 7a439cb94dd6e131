// SPDX-License-Identifier: Apache-2.0
// The spool to use now. A disk that is full or a file that is damaged must not keep enforcement from
// starting: then events and what is remembered of labels go to memory (the run folder, a tmpfs), within less
// room, and the agent says so. What was kept there is taken over by the next start that finds the disk in
// order.
#pragma once

#include "agent/spool/spool.h"

namespace modelward::agent {

inline constexpr std::uint64_t kMemorySpoolBytes = 32 << 20;

struct SpoolPlace {
    std::filesystem::path state_dir, run_dir;
    SpoolLimits limits;
    std::string boot_id;
    bool sensor_adopted;
};

struct OpenedSpool {
    Spool spool;
    std::string problem;  // a sentence when it is in memory, otherwise empty
};

// Ready for its epoch (Spool::start_epoch). Fails only if neither place can be used.
Result<OpenedSpool> open_spool(const SpoolPlace& place);

}  // namespace modelward::agent
