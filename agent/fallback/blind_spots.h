// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace modelward::agent {

// Sentences: what the fallback sensor cannot see or do, wherever it runs.
std::vector<std::string> fallback_blind_spots();

}  // namespace modelward::agent
