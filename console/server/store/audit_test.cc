// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/audit.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"
#include "console/server/store/hosts.h"
#include "console/server/store/sessions.h"

namespace modelward::console {
namespace {

struct AuditTest : testing::Test {
    TemporaryDirectory directory;
    std::unique_ptr<ConfigDatabase> config =
        ConfigDatabase::open(directory.path() / "console.db", true).value();

    void append(std::int64_t time_ms, const std::string& actor, const std::string& object = "o",
                const std::string& detail = "") {
        ASSERT_TRUE(
            append_audit(*config->lock(), time_ms, {actor, "192.0.2.1"}, "host.revoke", object, detail));
    }
    AuditPage page(const AuditFilter& filter = {}, std::optional<std::int64_t> before = {},
                   std::size_t limit = 100) {
        return audit_page(*config->lock(), filter, before, limit).value();
    }
};

TEST_F(AuditTest, NewestFirstInPages) {
    for (int i = 1; i <= 5; ++i)
        append(i, "alice");
    const auto first = page({}, {}, 2);
    EXPECT_EQ(first.total, 5);
    ASSERT_EQ(first.entries.size(), 2u);
    EXPECT_EQ(first.entries[0].time_ms, 5);
    const auto second = page({}, first.next, 3);
    ASSERT_EQ(second.entries.size(), 3u);
    EXPECT_EQ(second.entries[0].time_ms, 3);
    EXPECT_FALSE(second.next);
}

TEST_F(AuditTest, FiltersAreByActorActionTextAndTime) {
    append(1, "alice", "ws-17");
    append(2, "bob", "ws_18");
    EXPECT_EQ(page({.actor = "alice"}).total, 1);
    EXPECT_EQ(page({.action = "host.revoke"}).total, 2);
    EXPECT_EQ(page({.action = "rules.publish"}).total, 0);
    EXPECT_EQ(page({.text = "WS-"}).total, 1);
    EXPECT_EQ(page({.text = "ws_"}).total, 1) << "an underscore is an underscore";
    EXPECT_EQ(page({.text = "192.0.2.1"}).total, 2);
    EXPECT_EQ(page({.from_ms = 2}).total, 1);
    EXPECT_EQ(page({.to_ms = 1}).total, 1);
}

TEST_F(AuditTest, NothingIsChangedAndNothingYoungIsRemoved) {
    append(1000, "alice");
    EXPECT_FALSE(config->lock()->run("UPDATE audit SET actor = 'bob'"));
    EXPECT_FALSE(config->lock()->run("DELETE FROM audit"));
    EXPECT_EQ(page().entries[0].actor, "alice");
    EXPECT_EQ(remove_audit_before(*config, 1000).value(), 0);
    append(2000, "bob");
    EXPECT_EQ(remove_audit_before(*config, 1500).value(), 1);
    EXPECT_FALSE(config->lock()->run("DELETE FROM audit"));
    ASSERT_EQ(page().total, 1);
    EXPECT_EQ(page().entries[0].number, 2) << "numbers are never used again";
}

TEST_F(AuditTest, AChangeAndItsEntryAreBothOrNeither) {
    ASSERT_TRUE(add_user(*config, "alice", "hash", "admin", 1, {"root@console", ""}));
    EXPECT_FALSE(add_user(*config, "alice", "hash", "admin", 2, {"root@console", ""}));
    EXPECT_EQ(page().total, 1);
    EXPECT_EQ(page().entries[0].action, "user.add");
    EXPECT_EQ(page().entries[0].object, "alice");
    ASSERT_TRUE(config->lock()->script(
        "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'no'); END"));
    EXPECT_FALSE(add_user(*config, "bob", "hash", "admin", 3, {"root@console", ""}));
    EXPECT_FALSE(find_user(*config, "bob").value()) << "what cannot be noted is not done";
    EXPECT_FALSE(add_enrollment_token(*config, "secret", 1000, 1, {"alice", ""}));
    EXPECT_FALSE(check_enrollment_token(*config, "secret", 1));
    EXPECT_FALSE(start_session(*config, {1, "alice", "admin"}, 1, "192.0.2.1"));
}

TEST_F(AuditTest, LongWordsAreCut) {
    append(1, std::string(5000, 'a'), "o", std::string(5000, '\xff'));
    EXPECT_LE(page().entries[0].actor.size(), 512u);
    EXPECT_LE(page().entries[0].detail.size(), 512u);
}

TEST_F(AuditTest, ADatabaseOfAnEarlierConsoleGetsTheTable) {
    const auto path = directory.path() / "old.db";
    {
        auto old = ConfigDatabase::open(path, true).value();
        ASSERT_TRUE(
            old->lock()->script("DROP TABLE audit; DROP TABLE audit_floor; PRAGMA user_version = 1;"));
    }
    auto now = ConfigDatabase::open(path, false).value();
    EXPECT_TRUE(append_audit(*now->lock(), 1, {"alice", ""}, "host.revoke", "o", ""));
}

}  // namespace
}  // namespace modelward::console
