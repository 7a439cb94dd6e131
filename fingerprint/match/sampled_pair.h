// SPDX-License-Identifier: Apache-2.0
// What the samples of a file and of an artifact say about both: samples at different scales are compared at
// the greater one. An artifact that was sampled at a smaller one counts as having as many there as are to be
// expected.
#pragma once

#include <cstdint>
#include <map>

#include "fingerprint/hash_sample.h"
#include "fingerprint/index/tables.h"

namespace modelward::fingerprint {

// How many hashes of a file's sample an artifact's has, too.
struct CommonHashes {
    std::uint32_t all = 0;
    std::uint32_t own = 0;  // that are evidence and in no public artifact; of a public one, that are evidence
};

// By the artifacts' places; those with none are left out. `table` is the one of `tables` to look in.
std::map<std::uint32_t, CommonHashes> hashes_in_common(const HashSample& file, const ChunkTable& table,
                                                       const IndexTables& tables);

// Of an artifact, as the index has it.
struct SampleSize {
    std::uint32_t scale;
    std::uint32_t hashes;
    std::uint32_t evidence;
};

class SampledPair {
  public:
    SampledPair(const HashSample& file, const SampleSize& artifact, const CommonHashes& common);

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
    struct Counts {
        double all;
        double evidence;
    };
    static double ratio(double part, double whole);

    CommonHashes common_;
    std::uint32_t scale_;
    Counts file_;
    Counts artifact_;
};

}  // namespace modelward::fingerprint
