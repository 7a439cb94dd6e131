// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/records/record_hash.h"

#include <xxhash.h>

#include <algorithm>

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

}  // namespace

std::optional<std::uint64_t> record_hash(std::string_view canonical) {
    if (canonical.size() < kLeastBytes) return std::nullopt;
    return with_evidence(XXH3_64bits(canonical.data(), canonical.size()), says_enough(canonical));
}

void add_record(HashSampler& sampler, std::string_view canonical) {
    if (const auto hash = record_hash(canonical)) sampler.add(*hash);
}

}  // namespace modelward::fingerprint
