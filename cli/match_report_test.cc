// SPDX-License-Identifier: Apache-2.0
#include "cli/match_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace modelward::cli {
namespace {

using fingerprint::Classification;
using fingerprint::Match;
using fingerprint::Method;
using ::testing::HasSubstr;

const std::vector<std::string> kNames{"base", "ours"};

MatchReport report_of(std::vector<Match> matches) {
    return make_report(
        "a.gguf", Classification{.format = "gguf", .matches = std::move(matches), .bytes_read = 9}, kNames);
}

TEST(MatchReport, NamesTheBestArtifactAndItsEvidence) {
    const auto report = report_of({{1, Method::kChunks, 0.5, 0.25, 7},
                                   {0, Method::kTensors, 1, 1, 5, 3},
                                   {1, Method::kTensors, 1, 0.75, 4, 3}});
    EXPECT_EQ(report.verdict, Verdict::kMatch);
    EXPECT_EQ(report.artifact, "ours");
    EXPECT_EQ(report.share, 0.75);
    EXPECT_EQ(report.evidence.size(), 2U);
    EXPECT_EQ(report.also, std::vector<std::string>{"base"});
}

TEST(MatchReport, CallsTensorsBeyondAConversionDerived) {
    EXPECT_EQ(report_of({{1, Method::kTensors, 1, 1, 5, 28}}).verdict, Verdict::kMatch);
    EXPECT_EQ(report_of({{1, Method::kTensors, 1, 1, 5, 28.5}}).verdict, Verdict::kDerived);
    EXPECT_EQ(report_of({{1, Method::kChunks, 1, 1, 5}, {1, Method::kTensors, 1, 1, 5, 40}}).verdict,
              Verdict::kMatch);
}

TEST(MatchReport, PrintsOneJsonObjectALine) {
    MatchReport report = report_of({{1, Method::kTensors, 1, 0.123456, 4, 2.5}});
    report.elapsed_ms = 1.2345;
    EXPECT_EQ(
        to_json_line(report),
        R"({"file":"a.gguf","format":"gguf","verdict":"match","artifact":"ours","share":0.1235,"evidence":[)"
        R"({"method":"tensors","score":1.0,"count":4,"distance":2.5}],"also":[],"elapsed_ms":1.23,"bytes_read":9})"
        "\n");
}

TEST(MatchReport, SaysNoneWithoutAnArtifact) {
    const auto json = nlohmann::json::parse(to_json_line(report_of({})));
    EXPECT_EQ(json["verdict"], "none");
    EXPECT_TRUE(json["artifact"].is_null());
    EXPECT_FALSE(json.contains("error"));
}

TEST(MatchReport, SaysWhyAFileIsUnscannable) {
    const auto report = make_report("x", fail(ErrorCode::kInvalid, "the header is broken"), kNames);
    EXPECT_EQ(report.verdict, Verdict::kUnscannable);
    EXPECT_EQ(nlohmann::json::parse(to_json_line(report))["error"], "the header is broken");
    EXPECT_THAT(to_text(report), HasSubstr("x: unscannable: the header is broken"));
}

TEST(MatchReport, PrintsNamesThatAreNotUtf8) {
    MatchReport report = report_of({});
    report.file = "\xFF.gguf";
    EXPECT_TRUE(nlohmann::json::accept(to_json_line(report)));
}

TEST(MatchReport, SaysWhatIsNotThere) {
    EXPECT_EQ(to_text(report_of({})), "a.gguf: no registered artifact (gguf)\n");
    EXPECT_EQ(to_text(report_of({}), "nothing of b.gguf"), "a.gguf: nothing of b.gguf (gguf)\n");
}

TEST(MatchReport, ANameOfAFileStaysAName) {
    MatchReport report = report_of({});
    report.file = "a\nb.gguf: MATCH\x1b[2K";
    EXPECT_THAT(to_text(report), HasSubstr("a\\nb.gguf: MATCH\\x1b[2K: no "));
    EXPECT_THAT(to_summary("m", report.file, {}, false), HasSubstr("a\\nb.gguf: MATCH\\x1b[2K: "));
}

}  // namespace
}  // namespace modelward::cli
