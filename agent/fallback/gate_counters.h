// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace modelward::agent {

// What the threads of the fallback sensor count. Any thread adds, the main loop reads.
struct GateCounters {
    std::atomic<std::uint64_t> judged = 0;           // opens and reads that were held
    std::atomic<std::uint64_t> refused = 0;          // of those
    std::atomic<std::uint64_t> refused_unknown = 0;  // a labelled file, and /proc did not show by whom
    std::atomic<std::uint64_t> refused_late = 0;     // no answer in time
    std::atomic<std::uint64_t> overflows = 0;        // the kernel dropped news of written files
    std::atomic<std::uint64_t> unwatched = 0;        // labelled files that could not be marked
    std::atomic<std::uint64_t> media_not_held = 0;   // mounts of removable media, as of the last look
    std::atomic<std::uint64_t> mounts_unheard = 0;   // of whose files no derived label comes, likewise
    std::atomic<std::uint64_t> derived_lost = 0;     // derived labels that could not be set or reported
    std::atomic<std::uint64_t> broken_off = 0;       // connections
    std::atomic<std::uint64_t> not_broken_off = 0;   // whose socket was not found
};

}  // namespace modelward::agent
