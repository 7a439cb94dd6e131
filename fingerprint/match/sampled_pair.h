// SPDX-License-Identifier: Apache-2.0
// What the samples of a file and of an artifact say about both: samples at different scales are compared at
// the greater one. An artifact that was sampled at a smaller one counts as having as many there as are to be
// expected.
#pragma once

#include <cstdint>
#include <vector>

#include "fingerprint/hash_sample.h"
#include "fingerprint/index/tables.h"

namespace modelward::fingerprint {

// How many hashes of a file's sample an artifact's has, too, at the scale at which the two are compared.
struct CommonHashes {
    std::uint32_t place = 0;  // of the artifact
    std::uint32_t all = 0;
    std::uint32_t own = 0;  // that are evidence and in no public artifact; of a public one, that are evidence
};

// Of an artifact, as the index has it.
struct SampleSize {
    std::uint32_t scale;
    std::uint32_t hashes;
    std::uint32_t evidence;
};
using SampleSizeOf = SampleSize (*)(const ArtifactRecord&);

class SampledPair {
  public:
    struct Counts {
        double all;
        double evidence;
    };
    SampledPair(std::uint32_t scale, const Counts& file, const SampleSize& artifact,
                const CommonHashes& common);

    std::uint32_t place() const { return common_.place; }
    const CommonHashes& common() const { return common_; }
    // Of all hashes: what both have, of what either has, 0 to 1.
    double jaccard() const { return ratio(common_.all, file_.all + artifact_.all - common_.all); }
    double all_of_file() const { return ratio(common_.all, file_.all); }
    double all_of_artifact() const { return ratio(common_.all, artifact_.all); }
    // Of those that are evidence: what both have, of what the one or the other has.
    double own_of_file() const { return ratio(common_.own, file_.evidence); }
    double own_of_artifact() const { return ratio(common_.own, artifact_.evidence); }

    // How many hashes there would be without sampling.
    double stands_for(std::uint32_t sampled) const;

  private:
    static double ratio(double part, double whole);

    std::uint32_t scale_;
    Counts file_;
    Counts artifact_;
    CommonHashes common_;
};

// The file beside each artifact that has a hash of it, by the artifacts' places. `table` is the one of
// `tables` that `size_of` is about.
//
// What a public artifact has is known at its scale only. So where it has kLeastPublicShare of the file, or
// more, no artifact is compared with the file at a smaller one.
std::vector<SampledPair> sampled_pairs(const HashSample& file, const ChunkTable& table,
                                       const IndexTables& tables, SampleSizeOf size_of);
inline constexpr double kLeastPublicShare = 0.05;

}  // namespace modelward::fingerprint
