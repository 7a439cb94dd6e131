// SPDX-License-Identifier: Apache-2.0
// Events as an agent sends them, for tests.
#pragma once

#include <cstdint>

#include "wire/modelward.pb.h"

namespace modelward::console {

inline constexpr std::int64_t kTestTimeMs = 1'800'000'000'000;  // 2027-01-15

// A refused write of `bytes` to a stick, by process 100 of user alice.
wire::Event block_event(std::uint64_t sequence, std::int64_t time_ms = kTestTimeMs,
                        std::uint64_t bytes = 4096);
wire::Event agent_event(std::uint64_t sequence, const std::string& reason);

inline constexpr char kTestSpool[] = "7c6a5f6e-0000-4000-8000-000000000001";

// A batch without events, of kTestSpool.
wire::EventBatch heartbeat();
// block_event()s with the sequences first..last, a millisecond apart.
wire::EventBatch block_batch(std::uint64_t first, std::uint64_t last);

}  // namespace modelward::console
