// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/records/record_hash.h"

#include <xxhash.h>

#include <algorithm>
#include <array>

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kLeastBytes = 4;
constexpr std::size_t kLeastEvidenceBytes = 24;
constexpr std::size_t kLeastEvidenceWords = 4;

bool says_enough(std::string_view canonical) {
    if (canonical.size() < kLeastEvidenceBytes) return false;
    // Different ones: rows of yes and no are the same in many tables.
    std::array<std::string_view, kLeastEvidenceWords> words;
    std::size_t count = 0;
    while (!canonical.empty() && count < words.size()) {
        const std::string_view word = canonical.substr(0, canonical.find(' '));
        if (std::ranges::find(words.begin(), words.begin() + count, word) == words.begin() + count)
            words[count++] = word;
        canonical.remove_prefix(std::min(canonical.size(), word.size() + 1));
    }
    return count == words.size();
}

}  // namespace

std::optional<std::uint64_t> record_hash(std::string_view canonical) {
    if (canonical.size() < kLeastBytes) return std::nullopt;
    return with_evidence(XXH3_64bits(canonical.data(), canonical.size()), says_enough(canonical));
}

void add_record(HashSampler& sampler, std::string_view canonical) {
    if (const auto hash = record_hash(canonical)) sampler.add(*hash);
}

}  // namespace modelward::fingerprint
