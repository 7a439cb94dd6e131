// SPDX-License-Identifier: Apache-2.0
// The records of one content, as hashes: all of them, or where they are many, those whose hash is low. Which
// are kept depends on the record alone, so that samples of two contents can be compared (FracMinHash: Irber
// and others, bioRxiv 2022.01.11.475838). Specified in docs/fingerprint-format.md.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace modelward::fingerprint {

inline constexpr std::size_t kMostRecords = 65'536;
inline constexpr std::uint32_t kMostRecordScale = 47;

struct Records {
    std::uint32_t scale = 0;            // one of 2^scale is kept: the `scale` upper bits of its hash are zero
    std::vector<std::uint64_t> hashes;  // ascending, each once; kMostRecords at most

    bool operator==(const Records&) const = default;
};

// Whether what was hashed says enough to be somebody's: it is long, and not the same few words again.
constexpr bool is_evidence(std::uint64_t record_hash) {
    return (record_hash & 1) != 0;
}

class RecordSampler {
  public:
    // A record in its canonical form (record_words.h). Those of a few bytes are left out.
    void add(std::string_view canonical);
    // What was added so far; the sampler is as new.
    Records take();

  private:
    void settle();  // each once, and no more than kMostRecords

    Records kept_;
    std::size_t settled_ = 0;  // so many hashes are in order
};

}  // namespace modelward::fingerprint
