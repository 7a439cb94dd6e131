// SPDX-License-Identifier: Apache-2.0
// What looking into one file may cost, and what it has cost so far.
//
// The limits hold for the file as a whole, whatever is nested in it, so a bomb gains nothing by being split
// or wrapped again. The first limit of the whole that is reached ends the look; what was found until then
// counts.
#pragma once

#include <cstdint>
#include <optional>

#include "fingerprint/containers/unseen.h"
#include "fingerprint/match/counting_source.h"

namespace modelward::fingerprint {

inline constexpr int kMaxWrappings = 6;
inline constexpr std::uint64_t kMaxEntries = 100'000;
inline constexpr std::uint64_t kMaxDecodedBytes = 64ULL << 30;  // of all layers together
inline constexpr std::uint64_t kMaxRatio = 100;                 // decoded bytes for a byte of the file
inline constexpr std::uint64_t kRatioGrace = 64ULL << 20;       // decoded bytes before the ratio counts
inline constexpr std::uint64_t kMaxSampledBytes = 64ULL << 20;  // decoded bytes of a sampled look
inline constexpr std::uint64_t kMaxDecodingMemory = 40ULL << 20;
inline constexpr std::uint64_t kMaxHeldBytes = 16ULL << 20;  // of a stream, to read a table in it

struct WrappingLimits {
    int wrappings = kMaxWrappings;
    std::uint64_t entries = kMaxEntries;
    std::uint64_t decoded_bytes = kMaxDecodedBytes;
    Unseen decoded_reason = Unseen::kDecodedBytes;  // what it is called when decoded_bytes is reached
    std::uint64_t ratio = kMaxRatio;
    std::uint64_t ratio_grace = kRatioGrace;
    std::uint64_t memory = kMaxDecodingMemory;
    std::uint64_t held_bytes = kMaxHeldBytes;
};

class Allowance {
  public:
    // `file` counts what is read of the file; it must outlive the object.
    Allowance(const WrappingLimits& limits, const CountingSource& file);

    const WrappingLimits& limits() const { return limits_; }

    // Each says whether the look may go on.
    bool take_entry();
    bool take_decoded(std::uint64_t bytes);
    // Memory is no limit of the whole: a decoder that needs too much is closed and the look goes on.
    bool has_memory() const;

    // The limit of the whole that ended the look.
    std::optional<Unseen> ended() const { return ended_; }

  private:
    WrappingLimits limits_;
    const CountingSource& file_;
    std::uint64_t memory_before_;
    std::uint64_t entries_ = 0;
    std::uint64_t decoded_ = 0;
    std::optional<Unseen> ended_;
};

// Bytes that this process has allocated (malloc and new), whether or not they were touched. Decoders allocate
// the window that a file's header asks for at once and touch it while they write, so looking at this after a
// decoder's first block stops it long before the memory is used.
std::uint64_t allocated_bytes();

}  // namespace modelward::fingerprint
