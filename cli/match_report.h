// SPDX-License-Identifier: Apache-2.0
// What `match` and `compare` say about a file, as a JSON line or as text.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "fingerprint/classify.h"

namespace modelward::cli {

enum class Verdict {
    kMatch,        // holds an artifact's bytes, or its tensors converted
    kDerived,      // holds an artifact's tensors, changed by more than a conversion
    kSameSeed,     // no more than trained from the same initial values as an artifact
    kPublic,       // a public model, or made of one: nobody's secret
    kNone,         // nothing registered was found
    kUnscannable,  // could not be read or understood
};

struct MatchReport {
    std::string file{};
    std::string format{};
    Verdict verdict = Verdict::kNone;
    std::string artifact{};                      // the best one; empty where nothing is near
    double share = 0;                            // of the artifact, by the best evidence
    std::vector<fingerprint::Match> evidence{};  // for that artifact
    double p_accident = 1;                       // of the least likely evidence; 1 without a match
    std::vector<std::string> also{};             // other artifacts that match
    double elapsed_ms = 0;
    std::uint64_t bytes_read = 0;
    std::vector<std::string> unseen{};  // why parts of the file were not looked into
    std::string error{};                // when unscannable
};

// False when a part was not looked into that the depth asks for.
bool was_seen_whole(const MatchReport& report);

// `names` gives the artifacts' names by number.
MatchReport make_report(std::string file, const Result<fingerprint::Classification>& classification,
                        const std::vector<std::string>& names);

// What `fingerprint` says after writing `output`.
std::string to_summary(const std::string& file, const std::string& output,
                       const fingerprint::Fingerprint& fingerprint, bool json);

std::string to_json_line(const MatchReport& report);
// `none` is what it says where nothing matches.
std::string to_text(const MatchReport& report, const std::string& none = "no registered artifact");

}  // namespace modelward::cli
