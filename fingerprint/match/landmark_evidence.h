// SPDX-License-Identifier: Apache-2.0
// Weighs the landmarks of one file against all artifacts by the rule that classify.h states.
#pragma once

#include <cstdint>
#include <vector>

#include "fingerprint/classify.h"
#include "fingerprint/hash_sample.h"
#include "fingerprint/index/tables.h"

namespace modelward::fingerprint {

inline constexpr std::uint32_t kLeastLandmarks = 16;  // in the samples
inline constexpr double kLeastLandmarkShare = 0.10;   // of the file or of the artifact

// By the artifacts' places.
std::vector<Match> match_landmarks(const HashSample& file, const IndexTables& tables);

}  // namespace modelward::fingerprint
