// SPDX-License-Identifier: Apache-2.0
// Tells whether something was mounted or unmounted since it was last asked, in this mount namespace.
#pragma once

#include "base/unique_fd.h"

namespace modelward::agent {

class MountChanges {
  public:
    MountChanges();

    // True the first time, and always where the kernel does not say.
    bool happened();

  private:
    UniqueFd mounts_;
    bool asked_ = false;
};

}  // namespace modelward::agent
