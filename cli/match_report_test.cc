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
    MatchReport report = report_of({{1, Method::kTensors, 1, 0.123456, 4, 2.5, 0.25}});
    report.elapsed_ms = 1.2345;
    EXPECT_EQ(
        to_json_line(report),
        R"({"file":"a.gguf","format":"gguf","verdict":"match","artifact":"ours","share":0.1235,"evidence":[)"
        R"({"method":"tensors","score":1.0,"count":4,"distance":2.5}],"p_accident":0.25,"also":[],)"
        R"("elapsed_ms":1.23,"bytes_read":9})"
        "\n");
}

TEST(MatchReport, RowsThatWereChangedAreDerivedToo) {
    EXPECT_EQ(report_of({{1, Method::kRows, 1, 1, 5, 28}}).verdict, Verdict::kMatch);
    EXPECT_EQ(report_of({{1, Method::kRows, 1, 1, 5, 29}}).verdict, Verdict::kDerived);
    EXPECT_THAT(
        to_text(report_of({{1, Method::kRows, 1, 0.5, 5, 4}})),
        HasSubstr("rows: rows or columns of 5 tensors, about 50.0 % of the artifact's weights, rearranged"));
}

TEST(MatchReport, SaysWhichPartsHaveRecordsInCommon) {
    EXPECT_EQ(report_of({{1, Method::kRecords, 0.5, 0.25, 40}}).verdict, Verdict::kMatch);
    EXPECT_THAT(to_text(report_of({{1, Method::kRecords, 0.5, 0.25, 40}})),
                HasSubstr("records: 40 records, 50.0 % of the file's and 25.0 % of the artifact's\n"));
}

TEST(MatchReport, SaysHowLikelyAnAccidentIs) {
    const auto report =
        report_of({{1, Method::kChunks, 1, 1, 5, 0, 1e-12}, {1, Method::kTensors, 1, 1, 5, 3, 1e-9}});
    EXPECT_EQ(report.p_accident, 1e-12);
    EXPECT_THAT(to_text(report), HasSubstr("; by accident once in 10^12 files\n"));
    EXPECT_THAT(to_text(report_of({{1, Method::kExact, 1, 1, 1}})),
                HasSubstr("less than once in 10^30 files"));
    EXPECT_EQ(report_of({}).p_accident, 1);
}

TEST(MatchReport, SaysNoneWithoutAnArtifact) {
    const auto json = nlohmann::json::parse(to_json_line(report_of({})));
    EXPECT_EQ(json["verdict"], "none");
    EXPECT_TRUE(json["artifact"].is_null());
    EXPECT_FALSE(json.contains("error"));
}

TEST(MatchReport, SaysWhatIsPublicOrOfOneSeedApart) {
    Classification found{.format = "gguf", .matches = {}, .bytes_read = 9};
    found.same_seed = {{1, Method::kTensors, 1, 0.9, 5, 70, 1e-20}};
    auto report = make_report("a.gguf", found, kNames);
    EXPECT_EQ(nlohmann::json::parse(to_json_line(report))["verdict"], "same-seed");
    EXPECT_EQ(report.artifact, kNames[1]);
    EXPECT_THAT(to_text(report), HasSubstr("a.gguf: no match, but trained from the same initial values as "));
    found.public_matches = {{0, Method::kTensors, 1, 1, 5, 3, 1e-20}};
    report = make_report("a.gguf", found, kNames);
    EXPECT_EQ(nlohmann::json::parse(to_json_line(report))["verdict"], "public");
    EXPECT_THAT(to_text(report), HasSubstr("a.gguf: no match: of a public model, "));
    found.matches = {{1, Method::kTensors, 1, 1, 5, 3, 1e-20}};
    EXPECT_EQ(make_report("a.gguf", found, kNames).verdict, Verdict::kMatch);
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

TEST(MatchReport, SaysWhatWasNotSeen) {
    const auto report =
        make_report("a.zip",
                    Classification{.format = "zip",
                                   .matches = {},
                                   .bytes_read = 9,
                                   .unseen = {fingerprint::Unseen::kEncrypted, fingerprint::Unseen::kRatio}},
                    kNames);
    EXPECT_EQ(to_text(report),
              "a.zip: no registered artifact (zip)\n    not all of it was seen: encrypted, ratio limit\n");
    EXPECT_EQ(nlohmann::json::parse(to_json_line(report))["unseen"],
              (std::vector<std::string>{"encrypted", "ratio limit"}));
    EXPECT_FALSE(nlohmann::json::parse(to_json_line(report_of({}))).contains("unseen"));
    fingerprint::Fingerprint registered;
    registered.unseen = {fingerprint::Unseen::kDepth};
    EXPECT_THAT(to_summary("a", "a.mwfp", registered, false),
                HasSubstr("not all of it was seen: depth limit"));
    EXPECT_THAT(to_summary("a", "a.mwfp", registered, true), HasSubstr("depth limit"));
}

TEST(MatchReport, ANameOfAFileStaysAName) {
    MatchReport report = report_of({});
    report.file = "a\nb.gguf: MATCH\x1b[2K";
    EXPECT_THAT(to_text(report), HasSubstr("a\\nb.gguf: MATCH\\x1b[2K: no "));
    EXPECT_THAT(to_summary("m", report.file, {}, false), HasSubstr("a\\nb.gguf: MATCH\\x1b[2K: "));
}

}  // namespace
}  // namespace modelward::cli
