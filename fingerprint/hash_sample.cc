// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/hash_sample.h"

#include <algorithm>
#include <utility>

namespace modelward::fingerprint {
namespace {

bool is_within(std::uint64_t hash, std::uint32_t scale) {
    return scale == 0 || hash >> (64 - scale) == 0;
}

}  // namespace

void HashSampler::add(std::uint64_t hash) {
    if (!is_within(hash, kept_.scale)) return;
    kept_.hashes.push_back(hash);
    if (kept_.hashes.size() - settled_ >= kMostSampledHashes) settle();
}

HashSample HashSampler::take() {
    settle();
    settled_ = 0;
    return std::exchange(kept_, {});
}

void HashSampler::settle() {
    std::vector<std::uint64_t>& hashes = kept_.hashes;
    std::ranges::sort(hashes);
    const auto repeated = std::ranges::unique(hashes);
    hashes.erase(repeated.begin(), repeated.end());
    while (hashes.size() > kMostSampledHashes && kept_.scale < kMostSampleScale) {
        ++kept_.scale;
        const auto is_kept = [&](std::uint64_t hash) { return is_within(hash, kept_.scale); };
        hashes.erase(std::ranges::partition_point(hashes, is_kept), hashes.end());
    }
    hashes.resize(std::min(hashes.size(), kMostSampledHashes));  // only hashes that somebody chose are so low
    settled_ = hashes.size();
}

}  // namespace modelward::fingerprint
