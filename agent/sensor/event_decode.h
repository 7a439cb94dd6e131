// SPDX-License-Identifier: Apache-2.0
// One ring record to one KernelEvent. Pure; every length and enumeration is checked (kInvalid), nothing is
// trusted.
#pragma once

#include <cstddef>
#include <span>

#include "agent/sensor/kernel_event.h"
#include "base/error.h"

namespace modelward::agent {

Result<KernelEvent> decode_event(std::span<const std::byte> record, std::uint64_t sequence);

}  // namespace modelward::agent
