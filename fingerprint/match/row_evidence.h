// SPDX-License-Identifier: Apache-2.0
// Weighs the rows and columns of one file's tensors against all artifacts by the rule that classify.h states.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "fingerprint/classify.h"
#include "fingerprint/index/tables.h"
#include "fingerprint/match/accident.h"

namespace modelward::fingerprint {

// Vectors near the artifact's that differ from each other: in a tensor of the file, for it to be found; in
// all.
inline constexpr std::size_t kLeastVectors = 3;
inline constexpr std::size_t kLeastVectorsInAll = 9;

class RowEvidence {
  public:
    // `tables` must outlive the object.
    explicit RowEvidence(const IndexTables& tables) : tables_(tables) {}

    // The next tensor of the file, of `elements` elements, by what was asked of it.
    void add(std::uint64_t elements, const std::vector<VectorSketches>& asked);

    // The matches, by the artifacts' places. `file_elements` are those of all eligible tensors of the file,
    // of which the added ones are a sample.
    std::vector<Match> weigh(std::uint64_t file_elements) const;

  private:
    struct Near {
        VectorSketch asked;
        std::uint32_t tensor;  // of the artifact
        int distance;
    };
    struct Agreement {
        std::uint64_t elements = 0;           // of the file's tensors that were found
        std::set<std::uint32_t> tensors;      // of the artifact
        std::vector<VectorSketch> different;  // kLeastVectorsInAll at most
        std::uint64_t vectors = 0;
        std::uint64_t distances = 0;
        Accident accident;
    };
    std::map<std::uint32_t, std::vector<Near>> near(const std::vector<VectorSketches>& asked) const;

    const IndexTables& tables_;
    std::map<std::uint32_t, Agreement> by_artifact_;
    std::uint64_t looked_at_ = 0;  // elements of the added tensors
};

}  // namespace modelward::fingerprint
