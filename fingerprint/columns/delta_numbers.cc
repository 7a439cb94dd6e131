// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/delta_numbers.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kMostBlock = 1 << 16;
constexpr std::uint64_t kMostMiniblocks = 512;

}  // namespace

DeltaNumbers::DeltaNumbers(ByteReader& bytes) : bytes_(bytes) {
    const std::uint64_t block = bytes_.varint();
    const std::uint64_t miniblocks = bytes_.varint();
    left_ = bytes_.varint();
    value_ = static_cast<std::uint64_t>(bytes_.zigzag());
    if (!bytes_.ok()) return;
    if (block == 0 || block > kMostBlock || miniblocks == 0 || miniblocks > kMostMiniblocks ||
        block % miniblocks != 0 || block / miniblocks % 8 != 0) {
        bytes_.refuse(ErrorCode::kInvalid, "differences in blocks of an impossible size");
        return;
    }
    miniblock_ = block / miniblocks;
    widths_.resize(miniblocks);
    place_ = widths_.size();
}

std::uint64_t DeltaNumbers::next() {
    if (left_ == 0) bytes_.refuse(ErrorCode::kInvalid, "fewer differences than values");
    if (!bytes_.ok()) return 0;
    --left_;
    if (is_first_) {
        is_first_ = false;
        return value_;
    }
    if (left_in_miniblock_ == 0) begin_miniblock();
    if (!bytes_.ok()) return 0;
    --left_in_miniblock_;
    return value_ += least_ + bits_.next(bytes_, width_);
}

void DeltaNumbers::begin_miniblock() {
    if (place_ == widths_.size()) {
        least_ = static_cast<std::uint64_t>(bytes_.zigzag());
        bytes_.take(widths_);
        place_ = 0;
    }
    width_ = widths_[place_++];
    if (width_ > 64) bytes_.refuse(ErrorCode::kInvalid, "a difference of more than 64 bits");
    left_in_miniblock_ = miniblock_;
    bits_.drop();
}

void DeltaNumbers::finish() {
    bytes_.skip(left_in_miniblock_ * width_ / 8);
    left_in_miniblock_ = 0;
    bits_.drop();
}

}  // namespace modelward::fingerprint
