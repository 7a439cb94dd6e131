// SPDX-License-Identifier: Apache-2.0
// Finds the landmarks of the numbers in bytes that pass by, without knowing any format: each block of
// kNumberBlock bytes, counted from the beginning of a content, is asked what numbers it holds
// (number_layout.h). Blocks that hold the same kind one behind the other are one sequence.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "fingerprint/block_cutter.h"
#include "fingerprint/landmarks/landmark_finder.h"
#include "fingerprint/landmarks/number_layout.h"

namespace modelward::fingerprint {

inline constexpr std::size_t kNumberBlock = 16 * 1024;

class LandmarkStream {
  public:
    // Places are bytes of the content.
    explicit LandmarkStream(LandmarkVisitor visit);

    LandmarkStream(const LandmarkStream&) = delete;
    LandmarkStream& operator=(const LandmarkStream&) = delete;

    void push(std::span<const std::uint8_t> bytes);
    // What follows is new content.
    void finish();

  private:
    void take_block(std::span<const std::uint8_t> block);
    void put(std::span<const std::uint8_t> bytes);
    void take(std::span<const std::uint8_t> bytes);

    LandmarkVisitor visit_;
    LandmarkFinder finder_;
    std::uint64_t offset_ = 0;            // of the next block
    std::uint64_t sequence_ = 0;          // where the sequence begins
    BlockCutter blocks_{kNumberBlock};    // less than a block
    std::optional<NumberLayout> layout_;  // of the block before this one
    std::vector<std::uint8_t> cut_;       // the first bytes of a number that two blocks share
    std::vector<std::int32_t> numbers_;
};

}  // namespace modelward::fingerprint
