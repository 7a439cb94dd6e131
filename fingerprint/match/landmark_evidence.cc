// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/landmark_evidence.h"

#include <algorithm>

#include "fingerprint/match/accident.h"
#include "fingerprint/match/sampled_pair.h"

namespace modelward::fingerprint {

std::vector<Match> match_landmarks(const HashSample& file, const IndexTables& tables) {
    const auto registered = static_cast<double>(tables.landmarks.slots().size()) / 2;
    std::vector<Match> matches;
    for (const auto& [place, common] : hashes_in_common(file, tables.landmarks, tables)) {
        const ArtifactRecord& artifact = tables.artifact(place);
        const SampledPair pair(file, {artifact.landmark_scale, artifact.landmarks, artifact.landmarks},
                               common);
        if (common.own < kLeastLandmarks ||
            std::max(pair.own_of_file(), pair.own_of_artifact()) < kLeastLandmarkShare)
            continue;
        Accident accident;
        accident.add_landmarks(common.own, registered);
        matches.push_back({.artifact = place,
                           .method = Method::kLandmarks,
                           .score = pair.own_of_file(),
                           .share = pair.own_of_artifact(),
                           .count = common.own,
                           .p_accident = accident.probability()});
    }
    return matches;
}

}  // namespace modelward::fingerprint
