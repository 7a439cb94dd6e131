// SPDX-License-Identifier: Apache-2.0
// Weighs the chunks of one file against all artifacts by the rule that classify.h states. Each distinct chunk
// of an artifact counts once, however often the file repeats it; one that a public artifact holds too counts
// for that one only.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_set>
#include <vector>

#include "fingerprint/classify.h"
#include "fingerprint/index/tables.h"

namespace modelward::fingerprint {

inline constexpr double kLeastChunkShare = 0.10;

class ChunkEvidence {
  public:
    // `tables` must outlive the object.
    explicit ChunkEvidence(const IndexTables& tables) : tables_(tables) {}

    // The next chunk of the file.
    void add(const Chunk& chunk);

    // The matches, by the artifacts' places.
    std::vector<Match> weigh() const;

  private:
    struct Agreement {
        std::uint64_t bytes = 0;
        std::uint32_t count = 0;
    };
    const IndexTables& tables_;
    std::uint64_t file_bytes_ = 0;
    std::unordered_set<std::uint64_t> seen_;  // of the chunks that an artifact holds
    std::map<std::uint32_t, Agreement> by_artifact_;
};

}  // namespace modelward::fingerprint
