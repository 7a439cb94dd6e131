// SPDX-License-Identifier: Apache-2.0
// Exempts one process from taint and judgement until it exits or executes another program.
#pragma once

#include <sys/types.h>

#include "agent/sensor/kernel_maps.h"

namespace modelward::agent {

// The mark lies on the process itself (reached through a pidfd): it cannot pass to another process with the
// same id, and its children do not get it.
Result<void> exempt_process(const KernelMaps& maps, pid_t pid);

}  // namespace modelward::agent
