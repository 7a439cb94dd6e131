// SPDX-License-Identifier: Apache-2.0
// How the chunks of a dataset are counted: by their places in the grid that covers the dataset, the last
// dimension first. The arrays of layout version 4 count them in the grid of what the dataset may grow to.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "fingerprint/readers/hdf5/dataspace.h"

namespace modelward::fingerprint {

class ChunkGrid {
  public:
    // `chunk` has as many extents as the dataset has dimensions. kLimit: more than `most` chunks.
    static Result<ChunkGrid> of(const Hdf5Dataspace& space, const std::vector<std::uint64_t>& chunk,
                                std::uint64_t most);

    std::uint64_t count() const { return count_; }
    // The number of the chunk in this place; nullopt: it is outside of the dataset.
    std::optional<std::uint64_t> number_at(std::span<const std::uint64_t> place) const;
    // Whether a part of the chunk lies outside of the dataset.
    bool is_at_edge(std::uint64_t number) const;
    // The chunk's place in an array; in an extensible array the dimension without a limit is the outermost.
    // nullopt: beyond any array.
    std::optional<std::uint64_t> place_in_array(std::uint64_t number) const;

  private:
    std::vector<std::uint64_t> place_of(std::uint64_t number) const;

    std::vector<std::uint64_t> shape_, chunk_;
    std::vector<std::uint64_t> chunks_;    // along each dimension
    std::vector<std::uint64_t> greatest_;  // the same, of what it may grow to; kUnlimited
    std::uint64_t count_ = 1;
};

}  // namespace modelward::fingerprint
