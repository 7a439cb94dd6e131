// SPDX-License-Identifier: Apache-2.0
#include "cli/match_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "base/printable.h"
#include "cli/output.h"

namespace modelward::cli {
namespace {

using Json = nlohmann::ordered_json;
using fingerprint::Match;
using fingerprint::Method;

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::kMatch:
            return "match";
        case Verdict::kDerived:
            return "derived";
        case Verdict::kSameSeed:
            return "same-seed";
        case Verdict::kPublic:
            return "public";
        case Verdict::kNone:
            return "none";
        case Verdict::kUnscannable:
            return "unscannable";
    }
    return "unscannable";
}

bool has_distance(const Match& match) {
    return match.method == Method::kTensors || match.method == Method::kRows;
}

// What speaks for the best verdict there is.
std::pair<Verdict, const std::vector<Match>*> strongest(const fingerprint::Classification& classification) {
    if (!classification.matches.empty()) return {Verdict::kMatch, &classification.matches};
    if (!classification.public_matches.empty()) return {Verdict::kPublic, &classification.public_matches};
    if (!classification.same_seed.empty()) return {Verdict::kSameSeed, &classification.same_seed};
    return {Verdict::kNone, &classification.matches};
}

Verdict verdict_of(const std::vector<Match>& evidence) {
    const bool same = std::ranges::any_of(evidence, [](const Match& match) {
        return !has_distance(match) || match.distance <= fingerprint::kConversionDistance;
    });
    return same ? Verdict::kMatch : Verdict::kDerived;
}

double rounded(double value) {
    return std::round(value * 1e4) / 1e4;
}

std::string line_of(const Json& json) {
    return json_text(json, -1);
}

std::string percent(double share) {
    char text[16];
    std::snprintf(text, sizeof text, "%.1f %%", share * 100);
    return text;
}

std::string chance_text(double probability) {
    if (probability < 1e-30) return "by accident less than once in 10^30 files";
    char text[64];
    std::snprintf(text, sizeof text, "by accident once in 10^%.0f files", -std::log10(probability));
    return text;
}

std::string evidence_text(const Match& match) {
    const std::string count = std::to_string(match.count);
    switch (match.method) {
        case Method::kExact:
            return "identical file (SHA-256)";
        case Method::kChunks:
            return count + " chunks, " + percent(match.share) + " of the artifact's bytes";
        case Method::kTensors:
            return count + " tensors, " + percent(match.share) +
                   " of the artifact's weights, mean distance " +
                   std::to_string(std::lround(match.distance)) + " of 256";
        case Method::kRows:
            return "rows or columns of " + count + " tensors, about " + percent(match.share) +
                   " of the artifact's weights, rearranged; mean distance " +
                   std::to_string(std::lround(match.distance)) + " of 256";
        case Method::kRecords:
            return count + " records, " + percent(match.score) + " of the file's and " +
                   percent(match.share) + " of the artifact's";
        case Method::kLandmarks:
            return count + " groups of numbers, " + percent(match.score) + " of the file's and " +
                   percent(match.share) + " of the artifact's";
    }
    return {};
}

std::string unseen_text(const MatchReport& report) {
    std::string text;
    for (const std::string& reason : report.unseen)
        text += (text.empty() ? "    not all of it was seen: " : ", ") + reason;
    return text.empty() ? text : text + "\n";
}

}  // namespace

bool was_seen_whole(const MatchReport& report) {
    const std::string by_choice(fingerprint::to_string(fingerprint::Unseen::kSampled));
    return std::ranges::all_of(report.unseen, [&](const std::string& reason) { return reason == by_choice; });
}

MatchReport make_report(std::string file, const Result<fingerprint::Classification>& classification,
                        const std::vector<std::string>& names) {
    MatchReport report{.file = std::move(file)};
    if (!classification) {
        report.verdict = Verdict::kUnscannable;
        report.format = "unknown";
        report.error = classification.error().message();
        return report;
    }
    report.format = classification->format;
    report.bytes_read = classification->bytes_read;
    for (const fingerprint::Unseen unseen : classification->unseen)
        report.unseen.emplace_back(fingerprint::to_string(unseen));
    const auto [verdict, matches] = strongest(*classification);
    report.verdict = verdict;
    if (matches->empty()) return report;
    const std::uint32_t best = matches->front().artifact;
    report.artifact = names.at(best);
    for (const Match& match : *matches) {
        if (match.artifact == best) {
            report.evidence.push_back(match);
            report.share = std::max(report.share, match.share);
            report.p_accident = std::min(report.p_accident, match.p_accident);
        } else if (std::ranges::find(report.also, names.at(match.artifact)) == report.also.end()) {
            report.also.push_back(names.at(match.artifact));
        }
    }
    if (verdict == Verdict::kMatch) report.verdict = verdict_of(report.evidence);
    return report;
}

std::string to_summary(const std::string& file, const std::string& output,
                       const fingerprint::Fingerprint& fingerprint, bool json) {
    const auto eligible = std::ranges::count_if(fingerprint.tensors, &fingerprint::TensorSketch::eligible);
    if (json) {
        Json line{{"file", file},
                  {"output", output},
                  {"format", fingerprint.format},
                  {"bytes", fingerprint.file_bytes},
                  {"sha256", to_hex(fingerprint.sha256)},
                  {"chunks", fingerprint.chunks.size()},
                  {"records", fingerprint.records.hashes.size()},
                  {"tensors", fingerprint.tensors.size()},
                  {"eligible_tensors", eligible}};
        for (const fingerprint::Unseen unseen : fingerprint.unseen)
            line["unseen"].push_back(fingerprint::to_string(unseen));
        return line_of(line);
    }
    std::string unseen;
    for (const fingerprint::Unseen reason : fingerprint.unseen)
        unseen += (unseen.empty() ? "; not all of it was seen: " : ", ") +
                  std::string(fingerprint::to_string(reason));
    return as_printable(output) + ": " + fingerprint.format + ", " + std::to_string(fingerprint.file_bytes) +
           " bytes, " + std::to_string(eligible) + " of " + std::to_string(fingerprint.tensors.size()) +
           " tensors are evidence, " + std::to_string(fingerprint.chunks.size()) + " chunks, " +
           std::to_string(fingerprint.records.hashes.size()) + " records of text" + unseen + "\n";
}

std::string to_json_line(const MatchReport& report) {
    Json evidence = Json::array();
    for (const Match& match : report.evidence) {
        Json entry{{"method", fingerprint::to_string(match.method)},
                   {"score", rounded(match.score)},
                   {"count", match.count}};
        if (has_distance(match)) entry["distance"] = rounded(match.distance);
        evidence.push_back(std::move(entry));
    }
    Json line{{"file", report.file},
              {"format", report.format},
              {"verdict", to_string(report.verdict)},
              {"artifact", report.artifact.empty() ? Json() : Json(report.artifact)},
              {"share", rounded(report.share)},
              {"evidence", std::move(evidence)},
              {"p_accident", report.p_accident},
              {"also", report.also},
              {"elapsed_ms", std::round(report.elapsed_ms * 100) / 100},
              {"bytes_read", report.bytes_read}};
    if (!report.unseen.empty()) line["unseen"] = report.unseen;
    if (!report.error.empty()) line["error"] = report.error;
    return line_of(line);
}

std::string to_text(const MatchReport& report, const std::string& none) {
    std::string text = as_printable(report.file) + ": ";
    switch (report.verdict) {
        case Verdict::kUnscannable:
            return text + "unscannable: " + as_printable(report.error) + "\n";
        case Verdict::kNone:
            return text + as_printable(none) + " (" + report.format + ")\n" + unseen_text(report);
        case Verdict::kMatch:
            text += "MATCH ";
            break;
        case Verdict::kDerived:
            text += "DERIVED from ";
            break;
        case Verdict::kSameSeed:
            text += "no match, but trained from the same initial values as ";
            break;
        case Verdict::kPublic:
            text += "no match: of a public model, ";
            break;
    }
    text += as_printable(report.artifact) + ", " + percent(report.share) + " of it (" + report.format +
            "); " + chance_text(report.p_accident) + "\n";
    for (const Match& match : report.evidence) {
        text +=
            "    " + std::string(fingerprint::to_string(match.method)) + ": " + evidence_text(match) + "\n";
    }
    for (const std::string& other : report.also)
        text += "    also: " + as_printable(other) + "\n";
    return text + unseen_text(report);
}

}  // namespace modelward::cli
