// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/sampled_pair.h"

#include <algorithm>
#include <vector>

namespace modelward::fingerprint {

std::map<std::uint32_t, CommonHashes> hashes_in_common(const HashSample& file, const ChunkTable& table,
                                                       const IndexTables& tables) {
    std::map<std::uint32_t, CommonHashes> by_artifact;
    std::vector<std::uint32_t> holders;
    const auto is_public = [&](std::uint32_t place) { return tables.artifact(place).is_public != 0; };
    for (const std::uint64_t hash : file.hashes) {
        holders.clear();
        table.find({hash, kSampledLength}, [&](std::uint32_t place) { holders.push_back(place); });
        const bool some_public = std::ranges::any_of(holders, is_public);
        for (const std::uint32_t place : holders) {
            CommonHashes& common = by_artifact[place];
            ++common.all;
            if (is_evidence(hash) && (!some_public || is_public(place))) ++common.own;
        }
    }
    return by_artifact;
}

SampledPair::SampledPair(const HashSample& file, const SampleSize& artifact, const CommonHashes& common)
    : common_(common), scale_(std::max(file.scale, std::min(artifact.scale, kMostSampleScale))) {
    const auto end = scale_ == 0 ? file.hashes.end()
                                 : std::ranges::lower_bound(file.hashes, std::uint64_t{1} << (64 - scale_));
    file_ = {static_cast<double>(end - file.hashes.begin()),
             static_cast<double>(std::count_if(file.hashes.begin(), end, is_evidence))};
    artifact_ = {0, 0};
    if (artifact.scale > scale_) return;  // no such scale: a damaged index
    const auto left = static_cast<double>(std::uint64_t{1} << (scale_ - artifact.scale));
    artifact_ = {artifact.hashes / left, artifact.evidence / left};
}

double SampledPair::stands_for(std::uint32_t sampled) const {
    return sampled * static_cast<double>(std::uint64_t{1} << scale_);
}

double SampledPair::ratio(double part, double whole) {
    return whole <= 0 ? 0 : std::min(1.0, part / whole);
}

}  // namespace modelward::fingerprint
