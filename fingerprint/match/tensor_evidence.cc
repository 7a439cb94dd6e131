// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/tensor_evidence.h"

#include <algorithm>
#include <set>

#include "fingerprint/sketches/projection.h"

namespace modelward::fingerprint {
namespace {

std::uint64_t eligible_elements(const std::vector<TensorSketch>& tensors) {
    std::uint64_t elements = 0;
    for (const TensorSketch& tensor : tensors) {
        // Saturates: a hostile table may announce anything.
        if (tensor.eligible && __builtin_add_overflow(elements, tensor.elements, &elements))
            return ~std::uint64_t{0};
    }
    return elements;
}

double ratio(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
}

// Whether `tensors` holds kLeastTensors that are not copies of each other.
bool are_enough(const std::map<std::uint32_t, int>& tensors, const std::vector<TensorSketch>& of) {
    std::vector<const Sketch*> different;
    for (const auto& [tensor, distance] : tensors) {
        const Sketch& sketch = of[tensor].sketch;
        const bool copy = std::ranges::any_of(different, [&](const Sketch* other) {
            return hamming_distance(*other, sketch) <= kSameTensorDistance;
        });
        if (!copy) different.push_back(&sketch);
        if (different.size() >= kLeastTensors) return true;
    }
    return false;
}

}  // namespace

TensorEvidence::TensorEvidence(const SketchIndex& sketches, const std::vector<TensorSketch>& file)
    : file_eligible_(eligible_elements(file)) {
    for (const TensorSketch& tensor : file) {
        if (!tensor.eligible) continue;
        std::set<std::uint32_t> counted;
        sketches.find(tensor.elements, tensor.sketch, [&](const TensorHit& hit) {
            Agreement& agreement = by_artifact_[hit.artifact];
            if (counted.insert(hit.artifact).second) agreement.file_elements += tensor.elements;
            const auto [at, is_new] = agreement.nearest.try_emplace(hit.tensor, hit.distance);
            if (!is_new) at->second = std::min(at->second, hit.distance);
        });
    }
}

std::vector<std::uint32_t> TensorEvidence::candidates() const {
    std::vector<std::uint32_t> artifacts;
    for (const auto& [artifact, agreement] : by_artifact_)
        artifacts.push_back(artifact);
    return artifacts;
}

std::optional<Match> TensorEvidence::weigh(std::uint32_t artifact,
                                           const std::vector<TensorSketch>& artifact_tensors) const {
    const auto found = by_artifact_.find(artifact);
    if (found == by_artifact_.end()) return std::nullopt;
    const Agreement& agreement = found->second;
    std::uint64_t artifact_elements = 0;
    double distances = 0;
    for (const auto& [tensor, distance] : agreement.nearest) {
        artifact_elements += artifact_tensors[tensor].elements;
        distances += distance;
    }
    const double score = ratio(agreement.file_elements, file_eligible_);
    const double share = ratio(artifact_elements, eligible_elements(artifact_tensors));
    if (std::max(score, share) < kLeastTensorShare || !are_enough(agreement.nearest, artifact_tensors)) {
        return std::nullopt;
    }
    const auto count = static_cast<std::uint32_t>(agreement.nearest.size());
    return Match{artifact, Method::kTensors, score, share, count, distances / count};
}

}  // namespace modelward::fingerprint
