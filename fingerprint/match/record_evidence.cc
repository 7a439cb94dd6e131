// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/record_evidence.h"

#include <algorithm>

#include "fingerprint/match/accident.h"
#include "fingerprint/match/sampled_pair.h"

namespace modelward::fingerprint {
namespace {

bool is_same_document(const SampledPair& pair, const CommonHashes& common) {
    const double entries = pair.stands_for(common.all);
    return (pair.jaccard() >= kLeastCommon && entries >= kLeastEntries) ||
           (pair.jaccard() >= 1 && entries >= kLeastIdenticalEntries);
}

bool has_rows(const SampledPair& pair, const CommonHashes& common) {
    return common.own >= kLeastSampledRows && pair.stands_for(common.own) >= kLeastRows &&
           (pair.own_of_file() >= kLeastRowsOfFile || pair.own_of_artifact() >= kLeastRowsOfArtifact);
}

}  // namespace

std::vector<Match> match_records(const HashSample& file, const IndexTables& tables) {
    const auto in_common = hashes_in_common(file, tables.records, tables);
    const auto pair_of = [&](std::uint32_t place, const CommonHashes& common) {
        const ArtifactRecord& artifact = tables.artifact(place);
        return SampledPair(file, {artifact.record_scale, artifact.records, artifact.evidence_records},
                           common);
    };
    double nearest_public = 0;
    for (const auto& [place, common] : in_common)
        if (tables.artifact(place).is_public != 0)
            nearest_public = std::max(nearest_public, pair_of(place, common).jaccard());
    // At a load of one half at most: as many as there can be.
    const auto registered = static_cast<double>(tables.records.slots().size()) / 2;
    std::vector<Match> matches;
    for (const auto& [place, common] : in_common) {
        const SampledPair pair = pair_of(place, common);
        const bool by_rows = has_rows(pair, common);
        const bool is_nearest = tables.artifact(place).is_public != 0 || pair.jaccard() > nearest_public;
        if (!by_rows && !(is_nearest && is_same_document(pair, common))) continue;
        Accident accident;
        accident.add_chunks(by_rows ? common.own : common.all, registered);
        matches.push_back({.artifact = place,
                           .method = Method::kRecords,
                           .score = by_rows ? pair.own_of_file() : pair.all_of_file(),
                           .share = by_rows ? pair.own_of_artifact() : pair.all_of_artifact(),
                           .count = by_rows ? common.own : common.all,
                           .p_accident = accident.probability()});
    }
    return matches;
}

}  // namespace modelward::fingerprint
