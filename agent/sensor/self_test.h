// SPDX-License-Identifier: Apache-2.0
// Proves that the attached programs run and can refuse, on this kernel, now.
//
// A child opens a memory file that is labelled for the test and then writes, maps, connects, sends and forks,
// all of it within its own memory files and unconnected sockets. The programs note in the child's task
// storage that they ran, and refuse the one write they must. No rule is asked and no event is sent.
#pragma once

#include "agent/sensor/kernel_maps.h"

namespace modelward::agent {

// kUnsupported: names every hook that did not fire, or says that bytes were miscounted. `alone`: no other
// build's programs are attached to the same tables, which would count the same bytes again.
Result<void> self_test(const KernelMaps& maps, bool alone);

}  // namespace modelward::agent
