// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/landmarks/landmark_stream.h"

#include <algorithm>

#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {

void LandmarkStream::push(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        if (block_.empty() && bytes.size() >= kNumberBlock) {
            take_block(bytes.first(kNumberBlock));
            bytes = bytes.subspan(kNumberBlock);
            continue;
        }
        const auto part = bytes.first(std::min(bytes.size(), kNumberBlock - block_.size()));
        block_.insert(block_.end(), part.begin(), part.end());
        bytes = bytes.subspan(part.size());
        if (block_.size() < kNumberBlock) return;
        take_block(block_);
        block_.clear();
    }
}

void LandmarkStream::finish() {
    if (block_.size() >= kLeastNumberBlock) take_block(block_);
    block_.clear();
    finder_.finish();
    layout_.reset();
    cut_.clear();
}

void LandmarkStream::take_block(std::span<const std::uint8_t> block) {
    const auto layout = numbers_in(block);
    if (!layout || layout != layout_) {
        finder_.finish();
        cut_.clear();
        layout_ = layout;
        if (layout) block = block.subspan(layout->phase);
    }
    if (layout) put(block);
}

void LandmarkStream::put(std::span<const std::uint8_t> bytes) {
    const std::size_t width = layout_->width;
    numbers_.clear();
    const auto take = [&](const std::uint8_t* at) {
        numbers_.push_back(width == 2 ? load_le<std::uint16_t>(at) & 0x7FFFU
                                      : load_le<std::uint32_t>(at) & 0x7FFFFFFFU);
    };
    if (!cut_.empty()) {
        const std::size_t missing = width - cut_.size();
        cut_.insert(cut_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(missing));
        take(cut_.data());
        bytes = bytes.subspan(missing);
        cut_.clear();
    }
    const std::size_t whole = bytes.size() / width * width;
    for (std::size_t at = 0; at < whole; at += width)
        take(&bytes[at]);
    cut_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(whole), bytes.end());
    finder_.push(numbers_);
}

}  // namespace modelward::fingerprint
