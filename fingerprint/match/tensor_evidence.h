// SPDX-License-Identifier: Apache-2.0
// Weighs the tensors of one file against all artifacts by the rule that classify.h states.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "fingerprint/classify.h"
#include "fingerprint/match/sketch_index.h"

namespace modelward::fingerprint {

inline constexpr std::uint32_t kLeastTensors = 3;
inline constexpr double kLeastTensorShare = 0.5;

class TensorEvidence {
  public:
    // For one file with these tensors. `sketches` must outlive the object.
    TensorEvidence(const SketchIndex& sketches, const std::vector<TensorSketch>& file);

    // Artifacts of which at least one tensor was found.
    std::vector<std::uint32_t> candidates() const;

    // The match with a candidate, if the rule holds. `artifact_tensors` is that artifact's own list.
    std::optional<Match> weigh(std::uint32_t artifact,
                               const std::vector<TensorSketch>& artifact_tensors) const;

  private:
    struct Agreement {
        std::uint64_t file_elements = 0;
        std::map<std::uint32_t, int> nearest;  // artifact's tensor -> least distance
    };
    std::map<std::uint32_t, Agreement> by_artifact_;
    std::uint64_t file_eligible_ = 0;
};

}  // namespace modelward::fingerprint
