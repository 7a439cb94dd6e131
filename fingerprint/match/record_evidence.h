// SPDX-License-Identifier: Apache-2.0
// Weighs the records of one file against all artifacts by the rules that classify.h states.
#pragma once

#include <cstdint>
#include <vector>

#include "fingerprint/classify.h"
#include "fingerprint/hash_sample.h"
#include "fingerprint/index/tables.h"

namespace modelward::fingerprint {

// Rows: records that are evidence, in both; in the samples, and as many as these stand for.
inline constexpr std::uint32_t kLeastRows = 32;
inline constexpr std::uint32_t kLeastSampledRows = 8;
inline constexpr double kLeastRowsOfFile = 0.5;
inline constexpr double kLeastRowsOfArtifact = 0.25;
// The same document: all records, those of either taken together.
inline constexpr double kLeastCommonEntries = 0.9;
inline constexpr std::uint32_t kLeastEntries = 64;
inline constexpr std::uint32_t kLeastIdenticalEntries = 16;

// By the artifacts' places.
std::vector<Match> match_records(const HashSample& file, const IndexTables& tables);

}  // namespace modelward::fingerprint
