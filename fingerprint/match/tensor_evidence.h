// SPDX-License-Identifier: Apache-2.0
// Weighs the tensors of one file against all artifacts by the rules that classify.h states.
//
// The table of all tensors only says which artifacts are worth a look: one near tensor makes a candidate, and
// all tensors of a candidate are then compared with the file's. So the cost hardly grows with the index, and
// a near tensor that the table does not find (one of seven at distance 56, two of three at 76) is missed only
// where none of the artifact's is found.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "fingerprint/classify.h"
#include "fingerprint/index/tables.h"

namespace modelward::fingerprint {

inline constexpr std::uint32_t kLeastTensors = 3;
inline constexpr double kLeastTensorShare = 0.5;

// Saturates: a hostile table may announce anything.
std::uint64_t eligible_elements(const std::vector<TensorSketch>& tensors);

struct TensorFindings {
    std::vector<Match> matches{};    // with registered artifacts
    std::vector<Match> of_public{};  // with public ones
    std::vector<Match> same_seed{};  // with registered ones that share no more than initial values
};

class TensorEvidence {
  public:
    // For one file with these tensors. Both must outlive the object.
    TensorEvidence(const IndexTables& tables, const std::vector<TensorSketch>& file);

    // By the artifacts' places.
    TensorFindings weigh() const;

  private:
    // A tensor of the file, a tensor of an artifact, and how far they are apart: kSameSeedDistance at most.
    struct Near {
        std::uint32_t file;
        std::uint32_t artifact;
        int distance;
    };
    struct Candidate {
        std::uint32_t place;
        std::vector<Near> near;
    };
    std::vector<Candidate> candidates() const;
    std::vector<Near> compare(std::span<const TensorRecord> artifact) const;
    std::optional<Match> weigh(const Candidate& candidate, int most) const;
    // The nearest public tensor to each of the file's, null where there is none.
    std::vector<const Sketch*> nearest_public(const std::vector<Candidate>& of_public) const;
    bool is_ours(const Candidate& candidate, const std::vector<const Sketch*>& of_public, int most) const;

    const IndexTables& tables_;
    std::vector<const TensorSketch*> file_;  // the eligible ones, by their number of elements
    std::uint64_t file_elements_ = 0;
};

}  // namespace modelward::fingerprint
