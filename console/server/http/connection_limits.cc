// SPDX-License-Identifier: Apache-2.0
#include "console/server/http/connection_limits.h"

#include <sys/resource.h>

#include <algorithm>

namespace modelward::console {
namespace {

// SQLite needs three descriptors for a file that is open. Eight readers of fourteen months at once, the
// writer and console.db are 350, and some are left for the rest.
constexpr std::uint64_t kReserve = 1024;
constexpr std::uint64_t kMaxPeople = 10'000;
constexpr std::uint64_t kMaxAgents = 50'000;

}  // namespace

ConnectionLimits connection_limits(std::uint64_t descriptors) {
    const std::uint64_t free = descriptors - std::min(kReserve, descriptors / 2);
    const std::uint64_t people = std::min(kMaxPeople, free / 4);
    const std::uint64_t agents = std::min(kMaxAgents, free - people);
    return {static_cast<int>(people), static_cast<int>(agents)};
}

std::uint64_t descriptor_limit() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : kReserve;
}

}  // namespace modelward::console
