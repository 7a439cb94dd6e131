// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/landmarks/landmark_finder.h"

#include <xxhash.h>

#include <algorithm>

#include "fingerprint/hash_sample.h"

namespace modelward::fingerprint {
namespace {

// So much is looked at together.
constexpr std::size_t kLookedAt = 64 * kReach;

std::size_t different(std::array<std::uint32_t, kSpans> spans) {
    std::ranges::sort(spans);
    return spans.size() - std::ranges::unique(spans).size();
}

// Of kReach numbers. Their count is a constant, and they have a sign, so that the compiler takes several at a
// time.
std::int32_t greatest(const std::int32_t* numbers) {
    std::int32_t most = 0;
    for (std::size_t i = 0; i < kReach; ++i)
        most = std::max(most, numbers[i]);
    return most;
}

}  // namespace

void LandmarkFinder::push(std::span<const std::int32_t> magnitudes) {
    while (!magnitudes.empty()) {
        const auto part =
            magnitudes.first(std::min(magnitudes.size(), kLookedAt + 2 * kReach - numbers_.size()));
        numbers_.insert(numbers_.end(), part.begin(), part.end());
        magnitudes = magnitudes.subspan(part.size());
        if (numbers_.size() == kLookedAt + 2 * kReach) look();
    }
}

void LandmarkFinder::finish() {
    look();
    numbers_.clear();
    first_ = 0;
    found_ = 0;
}

// Of all numbers that have kReach others on both sides, those of whole blocks.
void LandmarkFinder::look() {
    std::size_t begin = kReach;
    for (; begin + 2 * kReach <= numbers_.size(); begin += kReach)
        look_at_block(begin);
    const std::size_t done = begin - kReach;
    numbers_.erase(numbers_.begin(), numbers_.begin() + static_cast<std::ptrdiff_t>(done));
    first_ += done;
}

// A block of kReach numbers has no more than one landmark: its greatest.
void LandmarkFinder::look_at_block(std::size_t begin) {
    const std::int32_t most = greatest(&numbers_[begin]);
    if (most == 0) return;
    const auto block = std::span(numbers_).subspan(begin, kReach);
    const std::size_t at = begin + static_cast<std::size_t>(std::ranges::find(block, most) - block.begin());
    if (greatest(&numbers_[at - kReach]) < most && greatest(&numbers_[at + 1]) < most) landmark(first_ + at);
}

void LandmarkFinder::landmark(std::uint64_t place) {
    if (found_ > 0 && place - places_.back() > kMostSpan) found_ = 0;
    std::ranges::rotate(places_, places_.begin() + 1);
    places_.back() = place;
    found_ = std::min(found_ + 1, places_.size());
    if (found_ < places_.size()) return;
    std::array<std::uint32_t, kSpans> spans{};
    for (std::size_t i = 0; i < kSpans; ++i)
        spans[i] = static_cast<std::uint32_t>(places_[i + 1] - places_[i]);
    if (different(spans) < kLeastDifferentSpans) return;
    visit_(
        {with_evidence(XXH3_64bits(spans.data(), sizeof spans), true), places_.front(), places_.back() + 1});
}

}  // namespace modelward::fingerprint
