// SPDX-License-Identifier: Apache-2.0
#include "agent/enrich/event_builder.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

struct EventBuilderTest : ::testing::Test {
    TemporaryDirectory directory;
    Database database = Database::open(directory.path() / "spool.db", true).value();
    PolicyArchive archive = std::move(*PolicyArchive::open(database));

    void SetUp() override {
        rules::CompiledPolicy policy;
        policy.classes = {{"public", 0}, {"internal", 0}, {"restricted", 1024}};
        policy.rules.push_back(
            {"rule-0", "Weights to a stick", rules::Level::kHigh, rules::Action::kBlock, 7, 0, "No."});
        const std::vector<ArtifactInfo> artifacts{{7, "id-7", "secret-model", "weights", "restricted"}};
        ASSERT_TRUE(archive.save(3, policy, artifacts));
    }
    static KernelEvent block() {
        KernelEvent event;
        event.sequence = 1;
        event.operation = KernelOperation::kOpenWrite;
        event.point = rules::Operation::kRemovable;
        event.action = rules::Action::kBlock;
        event.policy_version = 3;
        event.label = {1u << 2, 1, LabelOrigin::kConfirmed, {7}};
        event.process.name = "cp";
        event.process.executable = "/usr/bin/cp";
        event.process.args = {"cp", "\xff"};
        event.process.login_uid = kNoUser;
        event.path = "/mnt/usb1/model";
        event.file = {5, 6, 7};
        event.bytes_requested = 4096;
        return event;
    }
    wire::Event build(const KernelEvent& event) { return EventBuilder(archive).build(event); }
};

TEST_F(EventBuilderTest, ABlockIsExplainedByItsRuleAndArtifact) {
    const auto event = build(block());
    EXPECT_EQ(event.kind(), wire::EVENT_KIND_VERDICT);
    EXPECT_EQ(event.verdict(), wire::VERDICT_BLOCK);
    EXPECT_EQ(event.rule().id(), "rule-0");
    EXPECT_EQ(event.rule().level(), "high");
    EXPECT_EQ(event.rule().message(), "No.");
    EXPECT_EQ(event.budget_bytes(), 7u);
    ASSERT_EQ(event.artifacts_size(), 1);
    EXPECT_EQ(event.artifacts(0).name(), "secret-model");
    EXPECT_EQ(event.artifacts(0).label(), "confirmed");
    EXPECT_EQ(event.operation(), "open-write");
    EXPECT_EQ(event.file().path(), "/mnt/usb1/model");
    EXPECT_EQ(event.file().generation(), 7u);
    EXPECT_EQ(event.sink().kind(), "removable");
    EXPECT_EQ(event.count(), 1u);
}

TEST_F(EventBuilderTest, EveryStringCanTravel) {
    auto event = block();
    event.path = "/mnt/\xfe\xff";
    const auto built = build(event);
    EXPECT_EQ(built.process().args(1), "?");
    EXPECT_EQ(built.file().path(), "/mnt/??");
    EXPECT_FALSE(built.SerializeAsString().empty());
}

TEST_F(EventBuilderTest, UsersHaveNamesAndAMissingLoginHasNone) {
    const auto user = build(block()).process().user();
    EXPECT_EQ(user.id(), 0u);
    EXPECT_EQ(user.name(), "root");
    EXPECT_EQ(user.login_id(), kNoUser);
    EXPECT_EQ(user.login_name(), "");
}

TEST_F(EventBuilderTest, NetworkDestinationsAreWrittenAsPeopleWriteThem) {
    auto event = block();
    event.point = rules::Operation::kNetwork;
    event.operation = KernelOperation::kSend;
    event.port = 443;
    event.ip_protocol = 6;
    event.domain = "files.example.com";
    event.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 198, 51, 100, 2};
    EXPECT_EQ(build(event).sink().destination().ip(), "198.51.100.2");
    EXPECT_EQ(build(event).sink().destination().transport(), "tcp");
    EXPECT_EQ(build(event).sink().destination().domain(), "files.example.com");
    event.address = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    event.ip_protocol = 17;
    EXPECT_EQ(build(event).sink().destination().ip(), "2001:db8::1");
    EXPECT_EQ(build(event).sink().destination().transport(), "udp");
}

TEST_F(EventBuilderTest, ARuleOfAnUnknownPolicyIsSaidToBeUnknown) {
    auto event = block();
    event.policy_version = 99;
    EXPECT_NE(build(event).rule().title().find("bundle 99"), std::string::npos);
    event.policy_version = 3;
    event.rule_index = 200;
    EXPECT_NE(build(event).rule().title().find("rule 200"), std::string::npos);
}

TEST_F(EventBuilderTest, AClassWithoutItsArtifactIsStillNamed) {
    auto event = block();
    event.label = {1u << 1 | 1u << 2, 1, LabelOrigin::kDerived, {7}};
    const auto built = build(event);
    ASSERT_EQ(built.artifacts_size(), 2);
    EXPECT_EQ(built.artifacts(1).class_name(), "internal");
    EXPECT_EQ(built.artifacts(1).label(), "derived");
}

TEST_F(EventBuilderTest, ADerivedLabelIsALabelEventWithoutAVerdict) {
    auto event = block();
    event.kind = KernelEventKind::kDerivedLabel;
    const auto built = build(event);
    EXPECT_EQ(built.kind(), wire::EVENT_KIND_LABEL);
    EXPECT_EQ(built.verdict(), wire::VERDICT_UNSPECIFIED);
    EXPECT_EQ(built.artifacts(0).label(), "derived");
    EXPECT_FALSE(built.has_sink());
}

TEST_F(EventBuilderTest, AnAttemptOnTheAgentIsABlockOfABuiltInRule) {
    auto event = block();
    event.rule_index = kGuardRuleIndex;
    event.operation = static_cast<KernelOperation>(GuardOperation::kUnlink);
    event.label = {};
    const auto built = build(event);
    EXPECT_EQ(built.kind(), wire::EVENT_KIND_VERDICT);
    EXPECT_EQ(built.verdict(), wire::VERDICT_BLOCK);
    EXPECT_EQ(built.operation(), "unlink");
    EXPECT_EQ(built.rule().title(), "Tampering with the Modelward agent");
    EXPECT_EQ(built.rule().level(), "high");
    EXPECT_EQ(built.process().executable(), "/usr/bin/cp");
    EXPECT_EQ(built.artifacts_size(), 0);
    EXPECT_FALSE(built.has_sink());
}

TEST(BootTime, NowIsNow) {
    timespec boot{};
    ::clock_gettime(CLOCK_BOOTTIME, &boot);
    const auto now = unix_ns_of_boot_ns(static_cast<std::uint64_t>(boot.tv_sec) * 1'000'000'000 +
                                        static_cast<std::uint64_t>(boot.tv_nsec));
    EXPECT_LE(now, now_unix_ns());
    EXPECT_GT(now, now_unix_ns() - 60'000'000'000);
}

}  // namespace
}  // namespace modelward::agent
