// SPDX-License-Identifier: Apache-2.0
// Label <-> the marks that the kernel keeps. In the kernel an artifact number is stored plus one: 0 is an
// empty place.
#pragma once

#include "agent/sensor/kernel_event.h"
#include "base/error.h"
#include "bpf/shared.h"

namespace modelward::agent {

// Artifacts beyond kArtifactsPerLabel are left out. kInvalid: no class, or bits beyond the limits.
Result<kernel::label> to_kernel(const Label& label);

Label label_from(const kernel::marks& marks, std::uint8_t origin);

}  // namespace modelward::agent
