// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/row_evidence.h"

#include <algorithm>

#include "fingerprint/match/tensor_evidence.h"
#include "fingerprint/saturating_sum.h"

namespace modelward::fingerprint {
namespace {

// Adds a sketch that differs from all that are there, up to `most`. False when it does not add it.
bool add_different(std::vector<VectorSketch>& different, const VectorSketch& sketch, std::size_t most) {
    if (different.size() == most) return false;
    const bool copy = std::ranges::any_of(different, [&](const VectorSketch& other) {
        return hamming_distance(other, sketch) <= kSameVectorDistance;
    });
    if (!copy) different.push_back(sketch);
    return !copy;
}

double ratio(double part, std::uint64_t whole) {
    return whole == 0 ? 0 : part / static_cast<double>(whole);
}

}  // namespace

// For each artifact, its nearest vector to each asked one. Of equals (a tied embedding) the first tensor
// counts.
std::map<std::uint32_t, std::vector<RowEvidence::Near>> RowEvidence::near(
    const std::vector<VectorSketches>& asked) const {
    std::map<std::uint32_t, std::vector<Near>> by_artifact;
    for (const VectorSketches& of_axis : asked) {
        for (const VectorSketch& sketch : of_axis.sketches) {
            std::map<std::uint32_t, Near> nearest;
            tables_.vectors.find(of_axis.length, sketch, [&](const VectorRecord& record) {
                const Near found{sketch, record.tensor, hamming_distance(sketch, record.sketch)};
                if (found.distance > kSameVectorDistance) return;
                const auto [at, is_new] = nearest.try_emplace(record.artifact, found);
                if (std::pair(found.distance, found.tensor) <
                    std::pair(at->second.distance, at->second.tensor))
                    at->second = found;
            });
            for (const auto& [artifact, found] : nearest)
                by_artifact[artifact].push_back(found);
        }
    }
    return by_artifact;
}

void RowEvidence::add(std::uint64_t elements, const std::vector<VectorSketches>& asked) {
    looked_at_ = saturating_sum(looked_at_, elements);
    std::size_t compared = 0;
    for (const VectorSketches& of_axis : asked)
        compared += of_axis.sketches.size() * tables_.vectors.records().size();
    for (const auto& [artifact, found] : near(asked)) {
        std::vector<VectorSketch> different;
        for (const Near& vector : found)
            add_different(different, vector.asked, kLeastVectors);
        if (different.size() < kLeastVectors) continue;
        Agreement& agreement = by_artifact_[artifact];
        agreement.elements = saturating_sum(agreement.elements, elements);
        for (const Near& vector : found) {
            if (add_different(agreement.different, vector.asked, kLeastVectorsInAll))
                agreement.accident.add_sketch(kVectorBits, vector.distance, static_cast<double>(compared));
            agreement.tensors.insert(vector.tensor);
            agreement.distances += static_cast<std::uint64_t>(vector.distance);
        }
        agreement.vectors += found.size();
    }
}

std::vector<Match> RowEvidence::weigh(std::uint64_t file_elements) const {
    std::vector<Match> matches;
    for (const auto& [artifact, agreement] : by_artifact_) {
        if (agreement.tensors.size() < kLeastTensors || agreement.different.size() < kLeastVectorsInAll)
            continue;
        const double score = ratio(static_cast<double>(agreement.elements), looked_at_);
        // As if the tensors that were not looked at were like those that were.
        const double share = std::min(1.0, ratio(score * static_cast<double>(file_elements),
                                                 tables_.artifact(artifact).eligible_elements));
        if (std::max(score, share) < kLeastTensorShare) continue;
        // In bits of 256, as the distance of tensors is.
        const double distance = 2 * ratio(static_cast<double>(agreement.distances), agreement.vectors);
        const auto count = static_cast<std::uint32_t>(agreement.tensors.size());
        matches.push_back(
            {artifact, Method::kRows, score, share, count, distance, agreement.accident.probability()});
    }
    return matches;
}

}  // namespace modelward::fingerprint
