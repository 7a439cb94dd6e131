// SPDX-License-Identifier: Apache-2.0
// The map `installed`: which build is pinned, and by which way in. All zero until a start has finished.
#pragma once

#include "agent/sensor/attach.h"
#include "bpf/shared.h"

namespace modelward::agent {

// kIo: it cannot be read, as of a descriptor that is none.
Result<kernel::installation> installed_in(const UniqueFd& map);

// Written last: `build` runs by `mode`, with this agent's layout and the rest of `installed`.
Result<void> note_installed(const UniqueFd& map, kernel::installation installed, std::uint64_t build,
                            AttachMode mode);

}  // namespace modelward::agent
