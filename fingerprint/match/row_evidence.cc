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
RowEvidence::NearByArtifact RowEvidence::near(const std::vector<VectorSketches>& asked) const {
    NearByArtifact by_artifact;
    for (const VectorSketches& of_axis : asked) {
        for (const VectorSketch& sketch : of_axis.sketches) {
            std::map<std::uint32_t, Near> nearest;
            tables_.vectors.find(of_axis.length, sketch, [&](const VectorRecord& record) {
                const Near found{sketch, record.tensor, hamming_distance(sketch, record.sketch),
                                 record.sketch};
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

// A vector that is there more often has one voice.
void RowEvidence::add_lineage(std::span<const Near> ours, std::span<const Near> of_public,
                              Lineages& lineages) const {
    std::map<VectorSketch, const Near*> base;  // by what was asked: the nearest
    for (const Near& vector : of_public) {
        const auto [at, is_new] = base.try_emplace(vector.asked, &vector);
        if (vector.distance < at->second->distance) at->second = &vector;
    }
    Lineages of_tensor;
    std::vector<VectorSketch> different;
    for (const Near& vector : ours) {
        const auto shared = base.find(vector.asked);
        if (shared == base.end() || !add_different(different, vector.asked, ours.size())) continue;
        of_tensor[vector.tensor].add(vector.asked, vector.sketch, shared->second->sketch);
    }
    for (const auto& [tensor, lineage] : of_tensor) {
        const auto [at, is_new] = lineages.try_emplace(tensor, lineage);
        if (lineage.score() > at->second.score()) at->second = lineage;
    }
}

void RowEvidence::add(std::uint64_t elements, const std::vector<VectorSketches>& asked) {
    looked_at_ = saturating_sum(looked_at_, elements);
    std::size_t compared = 0;
    for (const VectorSketches& of_axis : asked)
        compared += of_axis.sketches.size() * tables_.vectors.records().size();
    const auto agree = [&](Agreement& agreement, std::span<const Near> found) {
        agreement.elements = saturating_sum(agreement.elements, elements);
        for (const Near& vector : found) {
            if (add_different(agreement.different, vector.asked, kLeastVectorsInAll))
                agreement.accident.add_sketch(kVectorBits, vector.distance, static_cast<double>(compared));
            agreement.tensors.insert(vector.tensor);
            agreement.distances += static_cast<std::uint64_t>(vector.distance);
        }
        agreement.vectors += found.size();
    };
    NearByArtifact is_found = near(asked);
    std::erase_if(is_found, [](const auto& found) {
        std::vector<VectorSketch> different;
        for (const Near& vector : found.second)
            add_different(different, vector.asked, kLeastVectors);
        return different.size() < kLeastVectors;
    });
    std::vector<Near> of_public;
    for (const auto& [artifact, found] : is_found)
        if (is_public(artifact)) of_public.insert(of_public.end(), found.begin(), found.end());
    for (const auto& [artifact, found] : is_found) {
        agree(by_artifact_[artifact], found);
        if (is_public(artifact)) continue;
        if (of_public.empty())
            agree(own_[artifact], found);
        else
            add_lineage(found, of_public, lineages_[artifact]);
    }
}

std::optional<Match> RowEvidence::weigh(std::uint32_t artifact, const Agreement& agreement,
                                        std::uint64_t file_elements) const {
    if (agreement.tensors.size() < kLeastTensors || agreement.different.size() < kLeastVectorsInAll)
        return std::nullopt;
    const double score = ratio(static_cast<double>(agreement.elements), looked_at_);
    // As if the tensors that were not looked at were like those that were.
    const double share = std::min(
        1.0, ratio(score * static_cast<double>(file_elements), tables_.artifact(artifact).eligible_elements));
    if (std::max(score, share) < kLeastTensorShare) return std::nullopt;
    // In bits of 256, as the distance of tensors is.
    const double distance = 2 * ratio(static_cast<double>(agreement.distances), agreement.vectors);
    const auto count = static_cast<std::uint32_t>(agreement.tensors.size());
    return Match{artifact, Method::kRows, score, share, count, distance, agreement.accident.probability()};
}

bool RowEvidence::is_ours(std::uint32_t artifact, std::uint64_t file_elements) const {
    const auto shared = lineages_.find(artifact);
    if (shared == lineages_.end()) return true;
    const auto own = own_.find(artifact);
    if (own != own_.end() && weigh(artifact, own->second, file_elements)) return true;
    Lineage lineage;
    for (const auto& [tensor, of_tensor] : shared->second)
        lineage.add(of_tensor);
    return lineage.is_ours();
}

std::vector<Match> RowEvidence::weigh(std::uint64_t file_elements) const {
    std::vector<Match> matches;
    for (const auto& [artifact, agreement] : by_artifact_) {
        const auto match = weigh(artifact, agreement, file_elements);
        if (match && (is_public(artifact) || is_ours(artifact, file_elements))) matches.push_back(*match);
    }
    return matches;
}

}  // namespace modelward::fingerprint
