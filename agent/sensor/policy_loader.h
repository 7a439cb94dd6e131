// SPDX-License-Identifier: Apache-2.0
// Puts a policy into force with one swap.
//
// Three slots hold destination, name, port, user and program tables; the policy names its slot. A new
// policy's tables are built in a slot that is not in use, and one update of the outer map switches
// everything: the kernel returns from it only when no program still reads the old policy. An agent that died
// inside leaves two slots that may be in use: the third is free. (Reading the policy back out of the outer
// map would need CAP_SYS_ADMIN.)
#pragma once

#include "agent/sensor/kernel_maps.h"
#include "agent/sensor/policy_convert.h"

namespace modelward::agent {

// After an error the old policy is still in force, whole.
Result<void> load_policy(const KernelMaps& maps, KernelPolicy policy);

}  // namespace modelward::agent
