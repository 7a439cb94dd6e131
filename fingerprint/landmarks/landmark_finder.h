// SPDX-License-Identifier: Apache-2.0
// Finds the landmarks of a sequence of numbers, and hashes where they stand to each other.
//
// A landmark is a number whose magnitude is greater than that of each of the kReach before and behind it.
// What they are is decided by the order of magnitudes alone: rounding to another type, scaling, and noise
// leave most of them in place, and where the sequence is cut does not matter. kSpans distances between
// successive landmarks are one hash; where they are much alike, as in what a formula made, there is none.
// (After the landmarks of audio fingerprints: Wang, ISMIR 2003.)
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace modelward::fingerprint {

inline constexpr std::size_t kReach = 64;
inline constexpr std::size_t kSpans = 6;
inline constexpr std::uint64_t kMostSpan = 4096;
inline constexpr std::size_t kLeastDifferentSpans = 4;

// A group of landmarks, from the first to behind the last; in whatever the places are counted in.
struct Landmarks {
    std::uint64_t hash;
    std::uint64_t begin, end;
};
using LandmarkVisitor = std::function<void(const Landmarks&)>;

class LandmarkFinder {
  public:
    explicit LandmarkFinder(LandmarkVisitor visit) : visit_(std::move(visit)) {}

    // The next numbers, as their bits without the sign: as integers these are in the order of magnitudes.
    void push(std::span<const std::int32_t> magnitudes);
    // What follows is another sequence. The last kReach numbers of one have no landmarks.
    void finish();

  private:
    void look();
    void look_at_block(std::size_t begin);
    void landmark(std::uint64_t place);

    LandmarkVisitor visit_;
    std::vector<std::int32_t> numbers_;  // of which the first kReach were looked at, or are the first of all
    std::uint64_t first_ = 0;            // the place of numbers_[0] in the sequence
    std::array<std::uint64_t, kSpans + 1> places_{};  // of the last landmarks
    std::size_t found_ = 0;                           // how many of them are of this run
};

}  // namespace modelward::fingerprint
