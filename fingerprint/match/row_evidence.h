// SPDX-License-Identifier: Apache-2.0
// Weighs the rows and columns of one file's tensors against all artifacts by the rule that classify.h states.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "fingerprint/classify.h"
#include "fingerprint/index/tables.h"
#include "fingerprint/match/accident.h"
#include "fingerprint/match/lineage.h"

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
        VectorSketch sketch;  // the artifact's
    };
    using NearByArtifact = std::map<std::uint32_t, std::vector<Near>>;
    struct Agreement {
        std::uint64_t elements = 0;           // of the file's tensors that were found
        std::set<std::uint32_t> tensors;      // of the artifact
        std::vector<VectorSketch> different;  // kLeastVectorsInAll at most
        std::uint64_t vectors = 0;
        std::uint64_t distances = 0;
        Accident accident;
    };
    // What a registered artifact and a public one share: by the registered one's tensor, of the file's
    // tensors that are near it the one that is most like it.
    using Lineages = std::map<std::uint32_t, Lineage>;

    NearByArtifact near(const std::vector<VectorSketches>& asked) const;
    bool is_public(std::uint32_t artifact) const { return tables_.artifact(artifact).is_public != 0; }
    void add_lineage(std::span<const Near> ours, std::span<const Near> of_public, Lineages& lineages) const;
    std::optional<Match> weigh(std::uint32_t artifact, const Agreement& agreement,
                               std::uint64_t file_elements) const;
    bool is_ours(std::uint32_t artifact, std::uint64_t file_elements) const;

    const IndexTables& tables_;
    std::map<std::uint32_t, Agreement> by_artifact_;
    // Of the registered ones: by the file's tensors that no public one has; by the others, how they were
    // trained.
    std::map<std::uint32_t, Agreement> own_;
    std::map<std::uint32_t, Lineages> lineages_;
    std::uint64_t looked_at_ = 0;  // elements of the added tensors
};

}  // namespace modelward::fingerprint
