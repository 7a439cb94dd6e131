// SPDX-License-Identifier: Apache-2.0
// Cuts bytes that come in pieces into blocks of one size. Whole blocks of a piece are not copied. Memory: a
// block.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace modelward::fingerprint {

class BlockCutter {
  public:
    explicit BlockCutter(std::size_t size) : size_(size) {}

    // Calls take(block) for each that is whole.
    template <typename Take>
    void push(std::span<const std::uint8_t> bytes, const Take& take) {
        while (!bytes.empty()) {
            const auto part = bytes.first(std::min(bytes.size(), size_ - begun_.size()));
            bytes = bytes.subspan(part.size());
            if (part.size() == size_) {
                take(part);
                continue;
            }
            begun_.insert(begun_.end(), part.begin(), part.end());
            if (begun_.size() < size_) return;
            take(std::span<const std::uint8_t>(begun_));
            begun_.clear();
        }
    }

    // Calls it for what is left, if anything is.
    template <typename Take>
    void finish(const Take& take) {
        if (!begun_.empty()) take(std::span<const std::uint8_t>(begun_));
        begun_.clear();
    }

  private:
    std::size_t size_;
    std::vector<std::uint8_t> begun_;
};

}  // namespace modelward::fingerprint
