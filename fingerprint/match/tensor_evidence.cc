// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/tensor_evidence.h"

#include <algorithm>

#include "fingerprint/match/accident.h"
#include "fingerprint/match/lineage.h"
#include "fingerprint/saturating_sum.h"
#include "fingerprint/sketches/projection.h"

namespace modelward::fingerprint {
namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
}

// Those of `tensors` that are not copies of each other; kMostDifferent at most, which is as good as certain.
constexpr std::size_t kMostDifferent = 64;
std::vector<std::uint32_t> different_ones(const std::map<std::uint32_t, int>& tensors,
                                          std::span<const TensorRecord> of) {
    std::vector<std::uint32_t> different;
    for (const auto& [tensor, distance] : tensors) {
        const bool copy = std::ranges::any_of(different, [&](std::uint32_t other) {
            return hamming_distance(of[other].sketch, of[tensor].sketch) <= kSameTensorDistance;
        });
        if (!copy) different.push_back(tensor);
        if (different.size() == kMostDifferent) break;
    }
    return different;
}

}  // namespace

std::uint64_t eligible_elements(const std::vector<TensorSketch>& tensors) {
    std::uint64_t elements = 0;
    for (const TensorSketch& tensor : tensors)
        if (tensor.eligible) elements = saturating_sum(elements, tensor.elements);
    return elements;
}

TensorEvidence::TensorEvidence(const IndexTables& tables, const std::vector<TensorSketch>& file)
    : tables_(tables), file_elements_(eligible_elements(file)) {
    for (const TensorSketch& tensor : file)
        if (tensor.eligible) file_.push_back(&tensor);
    std::ranges::sort(file_, {}, &TensorSketch::elements);
}

std::vector<TensorEvidence::Near> TensorEvidence::compare(std::span<const TensorRecord> artifact) const {
    std::vector<Near> near;
    for (std::uint32_t i = 0; i < artifact.size(); ++i) {
        const auto alike = std::ranges::equal_range(file_, artifact[i].key, {}, &TensorSketch::elements);
        for (auto tensor = alike.begin(); tensor != alike.end(); ++tensor) {
            const int distance = hamming_distance((*tensor)->sketch, artifact[i].sketch);
            if (distance <= kSameSeedDistance)
                near.push_back({static_cast<std::uint32_t>(tensor - file_.begin()), i, distance});
        }
    }
    return near;
}

std::vector<TensorEvidence::Candidate> TensorEvidence::candidates() const {
    std::set<std::uint32_t> places;
    for (const TensorSketch* tensor : file_) {
        tables_.tensors.find(tensor->elements, tensor->sketch, [&](const TensorRecord& record) {
            if (hamming_distance(tensor->sketch, record.sketch) <= kSameSeedDistance)
                places.insert(record.artifact);
        });
    }
    std::vector<Candidate> candidates;
    for (const std::uint32_t place : places)
        candidates.push_back({place, compare(tables_.tensors_of(place))});
    return candidates;
}

std::optional<Match> TensorEvidence::weigh(const Candidate& candidate, int most) const {
    const std::span<const TensorRecord> tensors = tables_.tensors_of(candidate.place);
    std::map<std::uint32_t, int> nearest;  // artifact's tensor -> least distance
    std::uint64_t found_of_file = 0, found_of_artifact = 0;
    std::set<std::uint32_t> counted;
    for (const Near& near : candidate.near) {
        if (near.distance > most) continue;
        const auto [at, is_new] = nearest.try_emplace(near.artifact, near.distance);
        at->second = std::min(at->second, near.distance);
        if (is_new) found_of_artifact = saturating_sum(found_of_artifact, tensors[near.artifact].key);
        if (counted.insert(near.file).second)
            found_of_file = saturating_sum(found_of_file, file_[near.file]->elements);
    }
    const double score = ratio(found_of_file, file_elements_);
    const double share = ratio(found_of_artifact, tables_.artifact(candidate.place).eligible_elements);
    const std::vector<std::uint32_t> different = different_ones(nearest, tensors);
    if (std::max(score, share) < kLeastTensorShare || different.size() < kLeastTensors) return std::nullopt;
    // As if all that is registered had as many elements.
    const auto compared = static_cast<double>(tables_.tensors.records().size() * file_.size());
    Accident accident;
    for (const std::uint32_t tensor : different)
        accident.add_sketch(kSketchBits, nearest.at(tensor), compared);
    double distances = 0;
    for (const auto& [tensor, distance] : nearest)
        distances += distance;
    const auto count = static_cast<std::uint32_t>(nearest.size());
    return Match{candidate.place,   Method::kTensors,      score, share, count,
                 distances / count, accident.probability()};
}

std::vector<const Sketch*> TensorEvidence::nearest_public(const std::vector<Candidate>& of_public) const {
    std::vector<const Sketch*> nearest(file_.size());
    std::vector<int> distances(file_.size(), kSameSeedDistance + 1);
    for (const Candidate& candidate : of_public) {
        const auto tensors = tables_.tensors_of(candidate.place);
        for (const Near& near : candidate.near) {
            if (near.distance >= distances[near.file]) continue;
            distances[near.file] = near.distance;
            nearest[near.file] = &tensors[near.artifact].sketch;
        }
    }
    return nearest;
}

// By the tensors that no public model has, or by how the others were trained.
bool TensorEvidence::is_ours(const Candidate& candidate, const std::vector<const Sketch*>& of_public,
                             int most) const {
    const auto tensors = tables_.tensors_of(candidate.place);
    Candidate own{candidate.place, {}};
    std::map<std::uint32_t, Near> shared;  // by the artifact's tensor: the nearest of the file's
    std::map<std::uint32_t, int> distances;
    for (const Near& near : candidate.near) {
        if (near.distance > most) continue;
        if (!of_public[near.file]) {
            own.near.push_back(near);
            continue;
        }
        const auto [at, is_new] = shared.try_emplace(near.artifact, near);
        if (near.distance < at->second.distance) at->second = near;
        distances[near.artifact] = at->second.distance;
    }
    if (shared.empty() || weigh(own, most)) return true;
    Lineage lineage;
    for (const std::uint32_t tensor : different_ones(distances, tensors)) {
        const Near& near = shared.at(tensor);
        lineage.add(file_[near.file]->sketch, tensors[tensor].sketch, *of_public[near.file]);
    }
    return lineage.is_ours();
}

TensorFindings TensorEvidence::weigh() const {
    TensorFindings findings;
    std::vector<Candidate> registered, of_public;
    for (Candidate& candidate : candidates())
        (tables_.artifact(candidate.place).is_public ? of_public : registered)
            .push_back(std::move(candidate));
    const auto nearest = nearest_public(of_public);
    for (const Candidate& candidate : of_public)
        if (const auto match = weigh(candidate, kSameTensorDistance)) findings.of_public.push_back(*match);
    for (const Candidate& candidate : registered) {
        if (const auto match = weigh(candidate, kSameTensorDistance)) {
            if (is_ours(candidate, nearest, kSameTensorDistance)) findings.matches.push_back(*match);
        } else if (const auto weaker = weigh(candidate, kSameSeedDistance)) {
            if (is_ours(candidate, nearest, kSameSeedDistance)) findings.same_seed.push_back(*weaker);
        }
    }
    return findings;
}

}  // namespace modelward::fingerprint
