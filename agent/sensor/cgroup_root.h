// SPDX-License-Identifier: Apache-2.0
// The root of the control groups, where programs see the packets of every socket.
#pragma once

#include "base/unique_fd.h"

namespace modelward::agent {

// Not open: no cgroup2 hierarchy is mounted where hosts mount one.
UniqueFd open_cgroup_root();

}  // namespace modelward::agent
