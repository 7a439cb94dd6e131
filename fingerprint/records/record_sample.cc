// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/records/record_sample.h"

#include <xxhash.h>

#include <algorithm>
#include <utility>

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kLeastBytes = 4;
constexpr std::size_t kLeastEvidenceBytes = 24;
constexpr int kLeastEvidenceWords = 4;

bool says_enough(std::string_view canonical) {
    if (canonical.size() < kLeastEvidenceBytes) return false;
    int words = 0;  // that differ from the one before
    std::string_view before;
    while (!canonical.empty() && words < kLeastEvidenceWords) {
        const std::string_view word = canonical.substr(0, canonical.find(' '));
        if (word != before) ++words;
        before = word;
        canonical.remove_prefix(std::min(canonical.size(), word.size() + 1));
    }
    return words >= kLeastEvidenceWords;
}

bool is_within(std::uint64_t hash, std::uint32_t scale) {
    return scale == 0 || hash >> (64 - scale) == 0;
}

}  // namespace

void RecordSampler::add(std::string_view canonical) {
    if (canonical.size() < kLeastBytes) return;
    const std::uint64_t hash = XXH3_64bits(canonical.data(), canonical.size());
    if (!is_within(hash, kept_.scale)) return;
    kept_.hashes.push_back((hash & ~std::uint64_t{1}) | static_cast<std::uint64_t>(says_enough(canonical)));
    if (kept_.hashes.size() - settled_ >= kMostRecords) settle();
}

Records RecordSampler::take() {
    settle();
    settled_ = 0;
    return std::exchange(kept_, {});
}

void RecordSampler::settle() {
    std::vector<std::uint64_t>& hashes = kept_.hashes;
    std::ranges::sort(hashes);
    const auto repeated = std::ranges::unique(hashes);
    hashes.erase(repeated.begin(), repeated.end());
    while (hashes.size() > kMostRecords) {
        ++kept_.scale;
        hashes.erase(std::ranges::find_if_not(
                         hashes, [&](std::uint64_t hash) { return is_within(hash, kept_.scale); }),
                     hashes.end());
    }
    settled_ = hashes.size();
}

}  // namespace modelward::fingerprint
