// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/chunk_evidence.h"

#include <algorithm>

namespace modelward::fingerprint {

void ChunkEvidence::add(const Chunk& chunk) {
    file_bytes_ += chunk.length;
    if (seen_.contains(chunk.hash)) return;
    bool held = false;
    chunks_.find(chunk, [&](std::uint32_t artifact) {
        held = true;
        Agreement& agreement = by_artifact_[artifact];
        agreement.bytes += chunk.length;
        ++agreement.count;
    });
    if (held) seen_.insert(chunk.hash);
}

std::vector<Match> ChunkEvidence::weigh(
    const std::function<std::uint64_t(std::uint32_t)>& artifact_bytes) const {
    std::vector<Match> matches;
    for (const auto& [artifact, agreement] : by_artifact_) {
        const auto bytes = static_cast<double>(agreement.bytes);
        const double score = bytes / static_cast<double>(file_bytes_);
        const double share = bytes / static_cast<double>(artifact_bytes(artifact));
        if (std::max(score, share) < kLeastChunkShare) continue;
        matches.push_back({artifact, Method::kChunks, score, share, agreement.count});
    }
    return matches;
}

}  // namespace modelward::fingerprint
