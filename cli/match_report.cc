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
        case Verdict::kNone:
            return "none";
        case Verdict::kUnscannable:
            return "unscannable";
    }
    return "unscannable";
}

Verdict verdict_of(const std::vector<Match>& evidence) {
    const bool same = std::ranges::any_of(evidence, [](const Match& match) {
        return match.method != Method::kTensors || match.distance <= fingerprint::kConversionDistance;
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
    }
    return {};
}

}  // namespace

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
    if (classification->matches.empty()) return report;
    const std::uint32_t best = classification->matches.front().artifact;
    report.artifact = names.at(best);
    for (const Match& match : classification->matches) {
        if (match.artifact == best) {
            report.evidence.push_back(match);
            report.share = std::max(report.share, match.share);
        } else if (std::ranges::find(report.also, names.at(match.artifact)) == report.also.end()) {
            report.also.push_back(names.at(match.artifact));
        }
    }
    report.verdict = verdict_of(report.evidence);
    return report;
}

std::string to_summary(const std::string& file, const std::string& output,
                       const fingerprint::Fingerprint& fingerprint, bool json) {
    const auto eligible = std::ranges::count_if(fingerprint.tensors, &fingerprint::TensorSketch::eligible);
    if (json) {
        return line_of({{"file", file},
                        {"output", output},
                        {"format", fingerprint.format},
                        {"bytes", fingerprint.file_bytes},
                        {"sha256", to_hex(fingerprint.sha256)},
                        {"chunks", fingerprint.chunks.size()},
                        {"tensors", fingerprint.tensors.size()},
                        {"eligible_tensors", eligible}});
    }
    return as_printable(output) + ": " + fingerprint.format + ", " + std::to_string(fingerprint.file_bytes) +
           " bytes, " + std::to_string(eligible) + " of " + std::to_string(fingerprint.tensors.size()) +
           " tensors are evidence, " + std::to_string(fingerprint.chunks.size()) + " chunks\n";
}

std::string to_json_line(const MatchReport& report) {
    Json evidence = Json::array();
    for (const Match& match : report.evidence) {
        Json entry{{"method", fingerprint::to_string(match.method)},
                   {"score", rounded(match.score)},
                   {"count", match.count}};
        if (match.method == Method::kTensors) entry["distance"] = rounded(match.distance);
        evidence.push_back(std::move(entry));
    }
    Json line{{"file", report.file},
              {"format", report.format},
              {"verdict", to_string(report.verdict)},
              {"artifact", report.artifact.empty() ? Json() : Json(report.artifact)},
              {"share", rounded(report.share)},
              {"evidence", std::move(evidence)},
              {"also", report.also},
              {"elapsed_ms", std::round(report.elapsed_ms * 100) / 100},
              {"bytes_read", report.bytes_read}};
    if (!report.error.empty()) line["error"] = report.error;
    return line_of(line);
}

std::string to_text(const MatchReport& report, const std::string& none) {
    std::string text = as_printable(report.file) + ": ";
    switch (report.verdict) {
        case Verdict::kUnscannable:
            return text + "unscannable: " + as_printable(report.error) + "\n";
        case Verdict::kNone:
            return text + as_printable(none) + " (" + report.format + ")\n";
        case Verdict::kMatch:
            text += "MATCH ";
            break;
        case Verdict::kDerived:
            text += "DERIVED from ";
            break;
    }
    text += as_printable(report.artifact) + ", " + percent(report.share) + " of it (" + report.format + ")\n";
    for (const Match& match : report.evidence) {
        text +=
            "    " + std::string(fingerprint::to_string(match.method)) + ": " + evidence_text(match) + "\n";
    }
    for (const std::string& other : report.also)
        text += "    also: " + as_printable(other) + "\n";
    return text;
}

}  // namespace modelward::cli
