// SPDX-License-Identifier: Apache-2.0
// Random bytes for secrets and identifiers, from OpenSSL's generator.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace modelward::wire {

// Ends the process when the generator has no entropy: nothing sensible can go on without it.
std::vector<std::uint8_t> random_bytes(std::size_t count);

std::string random_uuid();  // version 4, lower case

}  // namespace modelward::wire
