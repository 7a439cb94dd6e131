// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/sketch_index.h"

#include "fingerprint/sketches/projection.h"

namespace modelward::fingerprint {

void SketchIndex::add(std::uint32_t artifact, const std::vector<TensorSketch>& tensors) {
    for (std::uint32_t i = 0; i < tensors.size(); ++i) {
        if (tensors[i].eligible)
            by_elements_[tensors[i].elements].push_back({tensors[i].sketch, artifact, i});
    }
}

void SketchIndex::find(std::uint64_t elements, const Sketch& sketch,
                       const std::function<void(const TensorHit&)>& hit) const {
    const auto found = by_elements_.find(elements);
    if (found == by_elements_.end()) return;
    for (const Entry& entry : found->second) {
        const int distance = hamming_distance(sketch, entry.sketch);
        if (distance <= kSameTensorDistance) hit({entry.artifact, entry.tensor, distance});
    }
}

}  // namespace modelward::fingerprint
