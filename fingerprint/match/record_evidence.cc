// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/record_evidence.h"

#include <algorithm>

#include "fingerprint/match/accident.h"
#include "fingerprint/match/sampled_pair.h"

namespace modelward::fingerprint {
namespace {

bool is_same_document(const SampledPair& pair) {
    const double entries = pair.stands_for(pair.common().all);
    return (pair.jaccard() >= kLeastCommonEntries && entries >= kLeastEntries) ||
           (pair.jaccard() >= 1 && entries >= kLeastIdenticalEntries);
}

bool has_rows(const SampledPair& pair) {
    const std::uint32_t rows = pair.common().own;
    return rows >= kLeastSampledRows && pair.stands_for(rows) >= kLeastRows &&
           (pair.own_of_file() >= kLeastRowsOfFile || pair.own_of_artifact() >= kLeastRowsOfArtifact);
}

SampleSize records_of(const ArtifactRecord& artifact) {
    return {artifact.record_scale, artifact.records, artifact.evidence_records};
}

}  // namespace

std::vector<Match> match_records(const HashSample& file, const IndexTables& tables) {
    const auto pairs = sampled_pairs(file, tables.records, tables, records_of);
    const auto is_public = [&](const SampledPair& pair) {
        return tables.artifact(pair.place()).is_public != 0;
    };
    double nearest_public = 0;
    for (const SampledPair& pair : pairs)
        if (is_public(pair)) nearest_public = std::max(nearest_public, pair.jaccard());
    // At a load of one half at most: as many as there can be.
    const auto registered = static_cast<double>(tables.records.slots().size()) / 2;
    std::vector<Match> matches;
    for (const SampledPair& pair : pairs) {
        const bool by_rows = has_rows(pair);
        const bool is_nearest = is_public(pair) || pair.jaccard() > nearest_public;
        if (!by_rows && !(is_nearest && is_same_document(pair))) continue;
        const std::uint32_t count = by_rows ? pair.common().own : pair.common().all;
        Accident accident;
        accident.add_chunks(count, registered);
        matches.push_back({.artifact = pair.place(),
                           .method = Method::kRecords,
                           .score = by_rows ? pair.own_of_file() : pair.all_of_file(),
                           .share = by_rows ? pair.own_of_artifact() : pair.all_of_artifact(),
                           .count = count,
                           .p_accident = accident.probability()});
    }
    return matches;
}

}  // namespace modelward::fingerprint
