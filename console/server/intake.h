// SPDX-License-Identifier: Apache-2.0
// What a batch must be before anything of it is stored. An agent is authenticated, but not trusted to be
// right.
#pragma once

#include <string_view>

#include "base/error.h"
#include "wire/modelward.pb.h"

namespace modelward::console {

inline constexpr int kMaxEventsPerBatch = 10'000;

// Lists of the status are shortened where they are too long, and say so.
// kInvalid: not a batch, no spool's identity, or sequences that do not ascend from 1; kLimit: too long.
Result<wire::EventBatch> read_event_batch(std::string_view frame);

}  // namespace modelward::console
