// SPDX-License-Identifier: Apache-2.0
// What a content is made of, as hashes: all of them, or where they are many, those whose hash is low. Which
// are kept depends on the hash alone, so that samples of two contents can be compared (FracMinHash: Irber
// and others, bioRxiv 2022.01.11.475838). Specified in docs/fingerprint-format.md.
#pragma once

#include <cstdint>
#include <vector>

namespace modelward::fingerprint {

inline constexpr std::size_t kMostSampledHashes = 65'536;
inline constexpr std::uint32_t kMostSampleScale = 47;

struct HashSample {
    std::uint32_t scale = 0;            // one of 2^scale is kept: the `scale` upper bits of its hash are zero
    std::vector<std::uint64_t> hashes;  // ascending, each once; kMostSampledHashes at most

    bool operator==(const HashSample&) const = default;
};

// Bit 0 of a hash says whether what was hashed says enough to be somebody's.
constexpr bool is_evidence(std::uint64_t hash) {
    return (hash & 1) != 0;
}
constexpr std::uint64_t with_evidence(std::uint64_t hash, bool evidence) {
    return (hash & ~std::uint64_t{1}) | static_cast<std::uint64_t>(evidence);
}

class HashSampler {
  public:
    void add(std::uint64_t hash);
    // What was added so far; the sampler is as new.
    HashSample take();

  private:
    void settle();  // each once, and no more than may be kept

    HashSample kept_;
    std::size_t settled_ = 0;  // so many hashes are in order
};

}  // namespace modelward::fingerprint
