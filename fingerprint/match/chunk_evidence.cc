// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/chunk_evidence.h"

#include <algorithm>

#include "fingerprint/match/accident.h"

namespace modelward::fingerprint {

void ChunkEvidence::add(const Chunk& chunk) {
    file_bytes_ += chunk.length;
    if (seen_.contains(chunk.hash)) return;
    std::vector<std::uint32_t> holders, of_public;
    tables_.chunks.find(chunk, [&](std::uint32_t artifact) {
        (tables_.artifact(artifact).is_public ? of_public : holders).push_back(artifact);
    });
    if (holders.empty() && of_public.empty()) return;
    for (const std::uint32_t artifact : of_public.empty() ? holders : of_public) {
        Agreement& agreement = by_artifact_[artifact];
        agreement.bytes += chunk.length;
        ++agreement.count;
    }
    seen_.insert(chunk.hash);
}

std::vector<Match> ChunkEvidence::weigh() const {
    // At a load of one half at most: as many chunks as there can be.
    const auto registered = static_cast<double>(tables_.chunks.slots().size()) / 2;
    std::vector<Match> matches;
    for (const auto& [artifact, agreement] : by_artifact_) {
        const auto bytes = static_cast<double>(agreement.bytes);
        const double score = bytes / static_cast<double>(file_bytes_);
        const std::uint64_t whole = tables_.artifact(artifact).chunk_bytes;
        const double share = whole == 0 ? 0 : std::min(1.0, bytes / static_cast<double>(whole));
        if (std::max(score, share) < kLeastChunkShare) continue;
        Accident accident;
        accident.add_chunks(agreement.count, registered);
        matches.push_back(
            {artifact, Method::kChunks, score, share, agreement.count, 0, accident.probability()});
    }
    return matches;
}

}  // namespace modelward::fingerprint
