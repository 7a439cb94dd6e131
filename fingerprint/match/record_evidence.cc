// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/record_evidence.h"

#include <algorithm>
#include <map>
#include <optional>

#include "fingerprint/match/accident.h"

namespace modelward::fingerprint {
namespace {

// What a file and an artifact have in common, as they would be sampled at the greater of their scales.
struct Common {
    std::uint32_t all = 0;
    std::uint32_t rows = 0;      // that are evidence
    std::uint32_t own_rows = 0;  // of these, those that no public artifact holds; of a public one all
};

struct Counts {
    double all;
    double rows;
};

Counts counts_of(const Records& file, std::uint32_t scale) {
    const auto end = scale == 0 ? file.hashes.end()
                                : std::ranges::lower_bound(file.hashes, std::uint64_t{1} << (64 - scale));
    return {static_cast<double>(end - file.hashes.begin()),
            static_cast<double>(std::count_if(file.hashes.begin(), end, is_evidence))};
}

// Of an artifact that is kept at a smaller scale: as many as are to be expected.
Counts counts_of(const ArtifactRecord& artifact, std::uint32_t scale) {
    const auto left = static_cast<double>(std::uint64_t{1} << (scale - artifact.record_scale));
    return {artifact.records / left, artifact.evidence_records / left};
}

double ratio(double part, double whole) {
    return whole <= 0 ? 0 : std::min(1.0, part / whole);
}

std::map<std::uint32_t, Common> in_common(const Records& file, const IndexTables& tables) {
    std::map<std::uint32_t, Common> by_artifact;
    std::vector<std::uint32_t> holders;
    for (const std::uint64_t hash : file.hashes) {
        holders.clear();
        bool is_public = false;
        tables.records.find({hash, kRecordLength}, [&](std::uint32_t artifact) {
            holders.push_back(artifact);
            is_public = is_public || tables.artifact(artifact).is_public != 0;
        });
        for (const std::uint32_t artifact : holders) {
            Common& common = by_artifact[artifact];
            ++common.all;
            if (!is_evidence(hash)) continue;
            ++common.rows;
            if (!is_public || tables.artifact(artifact).is_public != 0) ++common.own_rows;
        }
    }
    return by_artifact;
}

// A file and an artifact, side by side.
class Pair {
  public:
    Pair(const Records& file, const ArtifactRecord& artifact, const Common& common)
        : common_(common),
          scale_(std::max(file.scale, std::min(artifact.record_scale, kMostRecordScale))),
          file_(counts_of(file, scale_)),
          artifact_(artifact.record_scale <= scale_ ? counts_of(artifact, scale_) : Counts{0, 0}) {}

    // Records of both together that both have.
    double jaccard() const { return ratio(common_.all, file_.all + artifact_.all - common_.all); }

    bool is_same_document() const {
        const double common = jaccard();
        return (common >= kLeastCommon && stands_for(common_.all) >= kLeastEntries) ||
               (common >= 1 && stands_for(common_.all) >= kLeastIdenticalEntries);
    }

    bool has_rows() const {
        return common_.own_rows >= kLeastSampledRows && stands_for(common_.own_rows) >= kLeastRows &&
               (ratio(common_.own_rows, file_.rows) >= kLeastRowsOfFile ||
                ratio(common_.own_rows, artifact_.rows) >= kLeastRowsOfArtifact);
    }

    Match match(std::uint32_t place, double registered) const {
        const bool by_rows = has_rows();
        const std::uint32_t count = by_rows ? common_.own_rows : common_.all;
        Accident accident;
        accident.add_chunks(count, registered);
        return {.artifact = place,
                .method = Method::kRecords,
                .score = ratio(count, by_rows ? file_.rows : file_.all),
                .share = ratio(count, by_rows ? artifact_.rows : artifact_.all),
                .count = count,
                .p_accident = accident.probability()};
    }

  private:
    double stands_for(std::uint32_t sampled) const {
        return sampled * static_cast<double>(std::uint64_t{1} << scale_);
    }

    Common common_;
    std::uint32_t scale_;
    Counts file_;
    Counts artifact_;
};

}  // namespace

std::vector<Match> match_records(const Records& file, const IndexTables& tables) {
    const auto common = in_common(file, tables);
    double nearest_public = 0;
    for (const auto& [place, of_artifact] : common)
        if (tables.artifact(place).is_public != 0)
            nearest_public =
                std::max(nearest_public, Pair(file, tables.artifact(place), of_artifact).jaccard());
    // At a load of one half at most: as many as there can be.
    const auto registered = static_cast<double>(tables.records.slots().size()) / 2;
    std::vector<Match> matches;
    for (const auto& [place, of_artifact] : common) {
        const ArtifactRecord& artifact = tables.artifact(place);
        const Pair pair(file, artifact, of_artifact);
        const bool is_nearest = artifact.is_public != 0 || pair.jaccard() > nearest_public;
        if (pair.has_rows() || (pair.is_same_document() && is_nearest))
            matches.push_back(pair.match(place, registered));
    }
    return matches;
}

}  // namespace modelward::fingerprint
