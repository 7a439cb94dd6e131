// SPDX-License-Identifier: Apache-2.0
#include "agent/notices/notice.h"

#include <gtest/gtest.h>

#include "agent/enrich/guard_report.h"

namespace modelward::agent {
namespace {

wire::Event blocked() {
    wire::Event event;
    event.set_kind(wire::EVENT_KIND_VERDICT);
    event.set_verdict(wire::VERDICT_BLOCK);
    event.set_operation("open-write");
    event.mutable_process()->set_pid(7);
    event.mutable_process()->set_name("cp");
    event.mutable_process()->mutable_user()->set_id(1000);
    event.mutable_process()->mutable_user()->set_login_id(1001);
    event.mutable_file()->set_path("/mnt/usb/model.gguf");
    event.mutable_sink()->set_kind("removable");
    event.mutable_sink()->mutable_device()->set_vendor("Acme");
    event.mutable_sink()->mutable_device()->set_product("Stick");
    event.mutable_rule()->set_title("Weights to a stick");
    event.mutable_rule()->set_message("Use the model registry.");
    return event;
}

TEST(Notice, SaysWhatHappenedWhichRuleAndWhatToDo) {
    const auto notice = notice_of(blocked());
    ASSERT_TRUE(notice);
    EXPECT_EQ(
        notice->happened,
        "cp (process 7) was stopped: it is not allowed to write /mnt/usb/model.gguf to removable storage "
        "(Acme Stick).");
    EXPECT_EQ(notice->rule_title, "Weights to a stick");
    EXPECT_EQ(notice->to_do, "Use the model registry.");
    EXPECT_TRUE(concerns(*notice, 1000));
    EXPECT_TRUE(concerns(*notice, 1001)) << "who logged in and used sudo";
    EXPECT_FALSE(concerns(*notice, 1002));
}

TEST(Notice, EverySinkAndVerdictHasItsWords) {
    auto event = blocked();
    event.mutable_sink()->set_kind("network");
    event.mutable_sink()->mutable_destination()->set_ip("2001:db8::1");
    event.mutable_sink()->mutable_destination()->set_port(443);
    event.set_verdict(wire::VERDICT_THROTTLE);
    EXPECT_EQ(notice_of(event)->happened,
              "cp (process 7) was held back: it may not yet send to [2001:db8::1]:443.");
    event.set_verdict(wire::VERDICT_KILL);
    EXPECT_EQ(notice_of(event)->happened,
              "cp (process 7) was ended: it is not allowed to send to [2001:db8::1]:443.");
    event.mutable_rule()->set_id(std::string(kGuardRuleId));
    event.set_reason("The process wanted to rename a file of the agent; it was refused.");
    EXPECT_NE(notice_of(event)->happened.find("rename a file of the agent"), std::string::npos);
    EXPECT_NE(notice_of(event)->to_do.find("maintenance token"), std::string::npos);
}

TEST(Notice, NobodyIsToldOfWhatStoppedNobody) {
    auto event = blocked();
    event.set_verdict(wire::VERDICT_ALERT);
    EXPECT_FALSE(notice_of(event));
    event.set_verdict(wire::VERDICT_BLOCK);
    event.set_kind(wire::EVENT_KIND_LABEL);
    EXPECT_FALSE(notice_of(event));
}

TEST(Notice, NoWordOfOthersCommandsTheTerminal) {
    auto event = blocked();
    event.mutable_file()->set_path("/mnt/\x1b]0;owned\x07\r\n*** Modelward: all is well\xc2\x9b");
    event.mutable_process()->set_name("\x1b[2J");
    const auto text = terminal_text(*notice_of(event));
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool line_end =
            (byte == '\r' && text[i + 1] == '\n') || (byte == '\n' && i > 0 && text[i - 1] == '\r');
        EXPECT_TRUE(byte >= 0x20 || line_end) << "byte " << int{byte} << " at " << i;
    }
    EXPECT_EQ(text.find("\n***"), text.rfind("\n***")) << "one line begins as the agent's: " << text;
    EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos) << "a C1 control character";
}

TEST(Notice, LinesFitATerminal) {
    auto event = blocked();
    std::string message;
    for (int i = 0; i < 60; ++i)
        message += "words and ";
    event.mutable_rule()->set_message(message);
    const auto text = terminal_text(*notice_of(event));
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find("\r\n", at);
        EXPECT_LE(end - at, 80u);
        at = end + 2;
    }
}

TEST(Notice, OfALongNameTheEndIsShown) {
    auto event = blocked();
    event.mutable_file()->set_path("/" + std::string(3000, 'x') + "/model.gguf");
    EXPECT_LT(notice_of(event)->happened.size(), 500u);
    EXPECT_NE(notice_of(event)->happened.find("x/model.gguf"), std::string::npos);
}

}  // namespace
}  // namespace modelward::agent
