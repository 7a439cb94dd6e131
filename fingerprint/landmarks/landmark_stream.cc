// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/landmarks/landmark_stream.h"

#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {

LandmarkStream::LandmarkStream(LandmarkVisitor visit)
    : visit_(std::move(visit)), finder_([this](const Landmarks& found) {
          const std::uint64_t width = layout_->width;
          visit_({found.hash, sequence_ + found.begin * width, sequence_ + found.end * width});
      }) {}

void LandmarkStream::push(std::span<const std::uint8_t> bytes) {
    blocks_.push(bytes, [this](std::span<const std::uint8_t> block) { take_block(block); });
}

void LandmarkStream::finish() {
    blocks_.finish([this](std::span<const std::uint8_t> block) {
        if (block.size() >= kLeastNumberBlock) take_block(block);
    });
    finder_.finish();
    layout_.reset();
    cut_.clear();
    offset_ = 0;
}

void LandmarkStream::take_block(std::span<const std::uint8_t> block) {
    const auto layout = numbers_in(block);
    const std::uint64_t begin = offset_;
    offset_ += block.size();
    if (!layout || layout != layout_) {
        finder_.finish();
        cut_.clear();
        layout_ = layout;
        if (layout) {
            block = block.subspan(layout->phase);
            sequence_ = begin + layout->phase;
        }
    }
    if (layout) put(block);
}

void LandmarkStream::put(std::span<const std::uint8_t> bytes) {
    numbers_.clear();
    if (!cut_.empty()) {
        const std::size_t missing = layout_->width - cut_.size();
        cut_.insert(cut_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(missing));
        take(cut_);
        bytes = bytes.subspan(missing);
    }
    const std::size_t whole = bytes.size() / layout_->width * layout_->width;
    take(bytes.first(whole));
    cut_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(whole), bytes.end());
    finder_.push(numbers_);
}

// Whole numbers.
void LandmarkStream::take(std::span<const std::uint8_t> bytes) {
    const std::size_t before = numbers_.size(), count = bytes.size() / layout_->width;
    numbers_.resize(before + count);
    if (layout_->width == 2) {
        for (std::size_t i = 0; i < count; ++i)
            numbers_[before + i] = load_le<std::uint16_t>(&bytes[2 * i]) & 0x7FFF;
    } else {
        for (std::size_t i = 0; i < count; ++i)
            numbers_[before + i] =
                static_cast<std::int32_t>(load_le<std::uint32_t>(&bytes[4 * i]) & 0x7FFFFFFFU);
    }
}

}  // namespace modelward::fingerprint
