// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/chunks/chunker.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kGearSeed = 0x4D57'4745'4152'5331U;         // "MWGEARS1"
constexpr std::uint64_t kCutBelow = std::uint64_t{1} << (64 - 13);  // a hash whose upper 13 bits are zero
constexpr std::ptrdiff_t kAtOnce = 8;
constexpr std::size_t kWarmUp = 64;
constexpr std::size_t kLongestUnit = 8;

constexpr std::array<std::uint64_t, 256> kGear = [] {
    std::array<std::uint64_t, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = splitmix64(kGearSeed, i);
    return table;
}();

}  // namespace

std::size_t chunk_length(std::span<const std::uint8_t> bytes) {
    const std::size_t most = std::min(bytes.size(), kMostChunk);
    if (most <= kLeastChunk) return most;
    std::uint64_t hash = 0;
    for (std::size_t i = kLeastChunk - kWarmUp; i < kLeastChunk; ++i)
        hash = (hash << 1) + kGear[bytes[i]];
    const std::uint8_t* at = bytes.data() + kLeastChunk;
    const std::uint8_t* const end = bytes.data() + most;
    // Several bytes a turn: asking for the end at each would be a third of the work.
    for (; end - at >= kAtOnce; at += kAtOnce) {
#pragma GCC unroll 8
        for (std::ptrdiff_t i = 0; i < kAtOnce; ++i) {
            hash = (hash << 1) + kGear[at[i]];
            if (hash < kCutBelow) return static_cast<std::size_t>(at + i + 1 - bytes.data());
        }
    }
    for (; at != end; ++at) {
        hash = (hash << 1) + kGear[*at];
        if (hash < kCutBelow) return static_cast<std::size_t>(at + 1 - bytes.data());
    }
    return most;
}

bool is_trivial_chunk(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < kWarmUp) return true;
    return std::memcmp(bytes.data(), bytes.data() + kLongestUnit, bytes.size() - kLongestUnit) == 0;
}

}  // namespace modelward::fingerprint
