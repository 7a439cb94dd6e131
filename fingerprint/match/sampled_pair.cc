// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/sampled_pair.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <utility>

namespace modelward::fingerprint {
namespace {

using Counts = SampledPair::Counts;

// A hash is in the samples at its scale and at all smaller ones.
std::uint32_t scale_of(std::uint64_t hash) {
    return std::min(static_cast<std::uint32_t>(std::countl_zero(hash)), kMostSampleScale);
}

// How many hashes of a sample are left at each scale.
std::array<Counts, kMostSampleScale + 1> counts_by_scale(const HashSample& sample) {
    std::array<Counts, kMostSampleScale + 1> counts{};
    for (const std::uint64_t hash : sample.hashes) {
        Counts& at = counts[scale_of(hash)];
        at.all += 1;
        at.evidence += is_evidence(hash) ? 1 : 0;
    }
    for (std::uint32_t scale = kMostSampleScale; scale-- > 0;) {
        counts[scale].all += counts[scale + 1].all;
        counts[scale].evidence += counts[scale + 1].evidence;
    }
    return counts;
}

// A hash of the file, and who has it.
struct Held {
    std::uint64_t hash;
    std::uint32_t holder;
    bool is_public;  // some holder of this hash is
};

std::vector<Held> holders_of(const HashSample& file, const ChunkTable& table, const IndexTables& tables) {
    std::vector<Held> held;
    for (const std::uint64_t hash : file.hashes) {
        const std::size_t first = held.size();
        bool is_public = false;
        table.find({hash, kSampledLength}, [&](std::uint32_t place) {
            held.push_back({hash, place, false});
            is_public = is_public || tables.artifact(place).is_public != 0;
        });
        for (std::size_t at = first; at < held.size(); ++at)
            held[at].is_public = is_public;
    }
    std::ranges::sort(held, {}, [](const Held& one) { return std::pair(one.holder, one.hash); });
    return held;
}

CommonHashes common_of(std::span<const Held> held, std::uint32_t scale, bool is_public) {
    CommonHashes common{.place = held.front().holder};
    for (const Held& one : held) {
        if (scale_of(one.hash) < scale) continue;
        ++common.all;
        if (is_evidence(one.hash) && (is_public || !one.is_public)) ++common.own;
    }
    return common;
}

}  // namespace

SampledPair::SampledPair(std::uint32_t scale, const Counts& file, const SampleSize& artifact,
                         const CommonHashes& common)
    : scale_(scale), file_(file), artifact_{0, 0}, common_(common) {
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

std::vector<SampledPair> sampled_pairs(const HashSample& file, const ChunkTable& table,
                                       const IndexTables& tables, SampleSizeOf size_of) {
    const std::vector<Held> held = holders_of(file, table, tables);
    const auto counts = counts_by_scale(file);
    std::uint32_t of_public = 0;  // the scale at which public artifacts are known
    const auto pairs_at = [&](std::uint32_t least, bool of_public_only) {
        std::vector<SampledPair> pairs;
        for (auto at = held.begin(); at != held.end();) {
            const auto end =
                std::find_if(at, held.end(), [&](const Held& one) { return one.holder != at->holder; });
            const ArtifactRecord& artifact = tables.artifact(at->holder);
            const bool is_public = artifact.is_public != 0;
            if (is_public || !of_public_only) {
                const SampleSize size = size_of(artifact);
                const std::uint32_t scale =
                    std::max({file.scale, std::min(size.scale, kMostSampleScale), is_public ? 0 : least});
                pairs.emplace_back(scale, counts[scale], size, common_of({at, end}, scale, is_public));
            }
            at = end;
        }
        return pairs;
    };
    for (const SampledPair& pair : pairs_at(0, true))
        if (pair.own_of_file() >= kLeastPublicShare)
            of_public =
                std::max(of_public, std::min(size_of(tables.artifact(pair.place())).scale, kMostSampleScale));
    return pairs_at(of_public, false);
}

}  // namespace modelward::fingerprint
