// SPDX-License-Identifier: Apache-2.0
// Proves that a running fallback sensor sees and refuses. A child process opens a labelled memory file, which
// must taint it, and then tries to connect and to send on loopback, which must be refused to it and to its
// own child. No rule is asked and no event is sent.
#pragma once

#include "agent/fallback/cgroup_scope.h"
#include "agent/fallback/fallback_sensor.h"

namespace modelward::agent {

// kUnsupported: names what was not seen.
Result<void> self_test(FallbackSensor& sensor, const CgroupScope& scope);

}  // namespace modelward::agent
