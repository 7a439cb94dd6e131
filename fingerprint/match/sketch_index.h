// SPDX-License-Identifier: Apache-2.0
// Finds the registered tensors that a sketch comes from.
//
// Tensors with another number of elements cannot be the same tensor (sample positions depend on it), so
// sketches are kept by that number and scanned linearly: about 2 ns for each registered tensor of equal size.
// With 10,000 models of one architecture that is some milliseconds a tensor; a banded index can replace it
// behind this interface.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "fingerprint/fingerprint.h"

namespace modelward::fingerprint {

struct TensorHit {
    std::uint32_t artifact;
    std::uint32_t tensor;  // index in the artifact's fingerprint
    int distance;
};

class SketchIndex {
  public:
    // Adds the eligible tensors.
    void add(std::uint32_t artifact, const std::vector<TensorSketch>& tensors);

    // Calls `hit` for every registered tensor with as many elements at kSameTensorDistance or less.
    void find(std::uint64_t elements, const Sketch& sketch,
              const std::function<void(const TensorHit&)>& hit) const;

  private:
    struct Entry {
        Sketch sketch;
        std::uint32_t artifact;
        std::uint32_t tensor;
    };
    std::unordered_map<std::uint64_t, std::vector<Entry>> by_elements_;
};

}  // namespace modelward::fingerprint
