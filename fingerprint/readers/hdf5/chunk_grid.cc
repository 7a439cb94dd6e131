// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/chunk_grid.h"

#include <algorithm>

namespace modelward::fingerprint {
namespace {

// No array of chunks in a file is as long; low enough for sums and products with the size of an element.
constexpr std::uint64_t kMaxArray = std::uint64_t{1} << 40;

std::uint64_t chunks_along(std::uint64_t extent, std::uint64_t chunk) {
    return extent == 0 ? 0 : (extent - 1) / chunk + 1;
}

}  // namespace

Result<ChunkGrid> ChunkGrid::of(const Hdf5Dataspace& space, const std::vector<std::uint64_t>& chunk,
                                std::uint64_t most) {
    if (chunk.size() != space.shape.size() || std::ranges::find(chunk, std::uint64_t{0}) != chunk.end())
        return fail(ErrorCode::kInvalid, "chunks do not fit the shape");
    ChunkGrid grid;
    grid.shape_ = space.shape;
    grid.chunk_ = chunk;
    for (std::size_t i = 0; i < chunk.size(); ++i) {
        grid.chunks_.push_back(chunks_along(space.shape[i], chunk[i]));
        grid.greatest_.push_back(space.greatest[i] == kUnlimited ? kUnlimited
                                                                 : chunks_along(space.greatest[i], chunk[i]));
        if (__builtin_mul_overflow(grid.count_, grid.chunks_[i], &grid.count_) || grid.count_ > most)
            return fail(ErrorCode::kLimit,
                        "the dataset has more chunks than the " + std::to_string(most) + " that are left");
    }
    return grid;
}

std::optional<std::uint64_t> ChunkGrid::number_at(std::span<const std::uint64_t> place) const {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < chunks_.size(); ++i) {
        if (place[i] >= chunks_[i]) return std::nullopt;
        number = number * chunks_[i] + place[i];
    }
    return number;
}

std::vector<std::uint64_t> ChunkGrid::place_of(std::uint64_t number) const {
    std::vector<std::uint64_t> place(chunks_.size());
    for (std::size_t i = chunks_.size(); i-- > 0;) {
        place[i] = number % chunks_[i];
        number /= chunks_[i];
    }
    return place;
}

bool ChunkGrid::is_at_edge(std::uint64_t number) const {
    const std::vector<std::uint64_t> place = place_of(number);
    for (std::size_t i = 0; i < place.size(); ++i)
        if (place[i] == chunks_[i] - 1 && shape_[i] % chunk_[i] != 0) return true;
    return false;
}

std::optional<std::uint64_t> ChunkGrid::place_in_array(std::uint64_t number) const {
    const std::vector<std::uint64_t> place = place_of(number);
    const auto unlimited = std::ranges::find(greatest_, kUnlimited);
    const auto outermost = static_cast<std::size_t>(unlimited - greatest_.begin());
    std::uint64_t index = unlimited == greatest_.end() ? 0 : place[outermost];
    for (std::size_t i = 0; i < place.size(); ++i) {
        if (i == outermost) continue;
        if (__builtin_mul_overflow(index, greatest_[i], &index) ||
            __builtin_add_overflow(index, place[i], &index) || index >= kMaxArray)
            return std::nullopt;
    }
    if (index >= kMaxArray) return std::nullopt;
    return index;
}

}  // namespace modelward::fingerprint
