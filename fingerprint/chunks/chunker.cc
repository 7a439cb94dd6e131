// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/chunks/chunker.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "fingerprint/sketches/splitmix.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kGearSeed = 0x4D57'4745'4152'5331U;  // "MWGEARS1"
constexpr std::uint64_t kCutMask = ~std::uint64_t{0} << (64 - 13);
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
    for (std::size_t i = kLeastChunk; i < most; ++i) {
        hash = (hash << 1) + kGear[bytes[i]];
        if ((hash & kCutMask) == 0) return i + 1;
    }
    return most;
}

bool is_trivial_chunk(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < kWarmUp) return true;
    return std::memcmp(bytes.data(), bytes.data() + kLongestUnit, bytes.size() - kLongestUnit) == 0;
}

}  // namespace modelward::fingerprint
