// SPDX-License-Identifier: Apache-2.0
// Proves that the attached programs run and can refuse, on this kernel, now.
//
// A child opens a memory file that is labelled for the test and then writes, maps, connects, sends and forks,
// all of it within its own memory files and unconnected sockets. The programs note in the child's task
// storage that they ran, and refuse the one write they must. No rule is asked and no event is sent.
#pragma once

#include "agent/sensor/kernel_maps.h"

namespace modelward::agent {

// kUnsupported: names every hook that did not fire, or says that bytes were missed. (More than were written
// is no error: where the kernel gives no count a fixed number stands for it, and the programs of the build
// before may still be attached for a moment.)
Result<void> self_test(const KernelMaps& maps);

}  // namespace modelward::agent
