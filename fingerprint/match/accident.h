// SPDX-License-Identifier: Apache-2.0
// How likely a match is by accident: that something as near as what was found is somewhere in the index
// although the file has nothing to do with it.
//
// Sketches of unrelated tensors are normally distributed about half their bits, with the standard deviation
// that real tensors of different models showed (8.5 of 256 bits; independent bits would have 8). What is
// compared with n others may come near n times as easily; different tensors of one model come near
// independently.
#pragma once

#include <cstdint>

namespace modelward::fingerprint {

class Accident {
  public:
    // A sketch of `bits` at `distance` from the nearest of `compared` ones.
    void add_sketch(double bits, double distance, double compared);
    // `count` different groups of landmarks, each found by some 40 bits among `registered`.
    void add_landmarks(std::uint64_t count, double registered);
    // `count` different chunks, each found by 64 bits of hash among `registered`.
    void add_chunks(std::uint64_t count, double registered);

    // 1e-300 where it is less.
    double probability() const;

  private:
    double log10_ = 0;
};

}  // namespace modelward::fingerprint
