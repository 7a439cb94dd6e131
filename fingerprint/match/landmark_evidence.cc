// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/landmark_evidence.h"

#include <algorithm>

#include "fingerprint/landmarks/landmark_finder.h"
#include "fingerprint/match/accident.h"
#include "fingerprint/match/sampled_pair.h"

namespace modelward::fingerprint {
namespace {

SampleSize landmarks_of(const ArtifactRecord& artifact) {
    return {artifact.landmark_scale, artifact.landmarks, artifact.landmarks};
}

// Groups that overlap are not found independently of each other.
std::uint64_t independent(std::uint32_t groups) {
    return (groups + kSpans - 1) / kSpans;
}

}  // namespace

std::vector<Match> match_landmarks(const HashSample& file, const IndexTables& tables) {
    const auto registered = static_cast<double>(tables.landmarks.slots().size()) / 2;
    std::vector<Match> matches;
    for (const SampledPair& pair : sampled_pairs(file, tables.landmarks, tables, landmarks_of)) {
        const std::uint32_t groups = pair.common().own;
        if (groups < kLeastLandmarks ||
            std::max(pair.own_of_file(), pair.own_of_artifact()) < kLeastLandmarkShare)
            continue;
        Accident accident;
        accident.add_landmarks(independent(groups), registered);
        matches.push_back({.artifact = pair.place(),
                           .method = Method::kLandmarks,
                           .score = pair.own_of_file(),
                           .share = pair.own_of_artifact(),
                           .count = groups,
                           .p_accident = accident.probability()});
    }
    return matches;
}

}  // namespace modelward::fingerprint
