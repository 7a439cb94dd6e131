// SPDX-License-Identifier: Apache-2.0
// Any elements of a tensor as floats.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// Fills `into` with the elements from `first` on, in storage order; those of a packed matrix row by row. The
// tensor has a decodable type; the elements lie in it. Where they begin or end inside a block of a quantised
// type, the whole block is read. Of a chunked tensor each call decodes what it needs; for many calls, a
// ChunkSource has the tensor in one piece.
Result<void> read_elements(const ByteSource& source, const Tensor& tensor, std::uint64_t first,
                           std::span<float> into);

// Reads the same chosen elements of one row after the other. Many rows are read at once, and of what lies
// between the chosen elements nothing is decoded: calls and decoding would be most of the work.
class ChosenElements {
  public:
    // `chosen` ascends and is not empty; rows have `row_elements`. The tensor is not chunked. What it is made
    // of must outlive the object.
    ChosenElements(const ByteSource& source, const Tensor& tensor, std::uint64_t row_elements,
                   std::span<const std::uint64_t> chosen);

    // Calls visit(i, elements) with those of row first + i, for `count` rows.
    template <typename Visit>
    Result<void> each_row(std::uint64_t first, std::uint64_t count, const Visit& visit) {
        for (std::uint64_t i = 0; i < count; ++i) {
            if (auto read = pick(first + i, first + count); !read) return read;
            visit(i, std::span<const float>(picked_));
        }
        return {};
    }

  private:
    // Fills `picked_` from a row; rows before `end` may be read with it.
    Result<void> pick(std::uint64_t row, std::uint64_t end);
    Result<void> pick_packed(std::uint64_t row);
    Result<void> hold(std::uint64_t row, std::uint64_t end);

    const ByteSource& source_;
    const Tensor& tensor_;
    std::uint64_t row_elements_;
    std::span<const std::uint64_t> chosen_;
    std::vector<std::uint8_t> held_;  // the blocks that begin with held_block_
    std::uint64_t held_block_ = 0;
    std::uint64_t held_until_ = 0;  // the first row that is not among them
    std::vector<float> decoded_;
    std::vector<float> picked_;
};

}  // namespace modelward::fingerprint
