// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"

namespace modelward::agent {

// kDenied: this process lacks what the kernel asks of whoever loads programs and watches files. Without
// asking first, the refusal would read as if the kernel could not enforce.
Result<void> have_privileges();

}  // namespace modelward::agent
