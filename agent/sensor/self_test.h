// SPDX-License-Identifier: Apache-2.0
// Proves that the attached programs run and can refuse, on this kernel, now.
//
// A child opens a memory file that is labelled for the test and then writes, maps, connects, sends and forks,
// all of it within its own memory files and unconnected sockets. The programs note in the child's task
// storage that they ran, and refuse the one write they must. No rule is asked and no event is sent.
#pragma once

#include "agent/sensor/kernel_maps.h"

namespace modelward::agent {

struct SelfTestResult {
    bool byte_counts;  // a write of known size was metered as exactly that
};

// kUnsupported: names every hook that did not fire.
Result<SelfTestResult> self_test(const KernelMaps& maps);

}  // namespace modelward::agent
