// SPDX-License-Identifier: Apache-2.0
#include "cli/notice_report.h"

#include <gtest/gtest.h>

namespace modelward::cli {
namespace {

nlohmann::json notice() {
    return {{"time_unix_ms", 1'700'000'000'000},
            {"what", "cp (process 7) was stopped."},
            {"rule", {{"title", "Weights to a stick"}}},
            {"to_do", "Use the registry."},
            {"count", 3}};
}

TEST(NoticeReport, SaysWhatHowOftenWhatToDoAndWhichRule) {
    const auto text = notice_text(notice());
    EXPECT_NE(
        text.find(
            "cp (process 7) was stopped. (3 times)\n    Use the registry.\n    Rule: Weights to a stick\n"),
        std::string::npos)
        << text;
}

TEST(NoticeReport, NoWordCommandsTheTerminalOrTheDesktop) {
    auto made = notice();
    made["what"] = "\x1b[2J<a href=\"x\">cp</a> & co";
    EXPECT_EQ(notice_text(made).find('\x1b'), std::string::npos);
    EXPECT_NE(notice_body(made).find("&lt;a href=\"x\"&gt;cp&lt;/a&gt; &amp; co"), std::string::npos);
}

TEST(NoticeReport, WhatTheAgentLeavesOutIsLeftOut) {
    EXPECT_NO_THROW(notice_text(nlohmann::json::object()));
    EXPECT_EQ(notice_body({{"what", "It was stopped."}}), "It was stopped.\n");
}

}  // namespace
}  // namespace modelward::cli
