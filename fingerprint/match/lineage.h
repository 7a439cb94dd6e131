// SPDX-License-Identifier: Apache-2.0
// Whose a tensor is that is near a registered one and near a public one, as all tensors of somebody's
// fine-tune of a public model are; by its sketch, or by those of its rows and columns.
//
// Only the bits in which the registered sketch differs from the public one can tell: they are where the
// training moved the weights. A conversion of the registered model agrees with it in most of them, and one of
// the public model, or another's fine-tune of it, with the public one. Over all of them the difference from
// one half is measured in standard deviations of independent bits.
#pragma once

#include <cstdint>
#include <span>

namespace modelward::fingerprint {

// What is needed to say that a file is the registered model's.
inline constexpr double kLeastDelta = 5;

class Lineage {
  public:
    using Bits = std::span<const std::uint64_t>;
    // The sketch of one tensor or vector of the file, and the registered and the public one nearest to it.
    void add(Bits file, Bits ours, Bits base);
    void add(const Lineage& more);

    std::uint64_t bits() const { return bits_; }  // that can tell
    // Standard deviations; positive: the registered model's; 0 when nothing can tell.
    double score() const;
    bool is_ours() const { return score() >= kLeastDelta; }

  private:
    std::uint64_t bits_ = 0;
    std::uint64_t ours_ = 0;
};

}  // namespace modelward::fingerprint
