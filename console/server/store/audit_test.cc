// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/audit.h"

#include <gtest/gtest.h>

#include <future>

#include "base/testing/temporary_directory.h"
#include "console/server/store/hosts.h"
#include "console/server/store/sessions.h"

namespace modelward::console {
namespace {

struct AuditTest : testing::Test {
    TemporaryDirectory directory;
    std::unique_ptr<ConfigDatabase> config =
        ConfigDatabase::open(directory.path() / "console.db", true).value();
    static constexpr std::int64_t kWeekMs = 7LL * 24 * 3600 * 1000;
    std::int64_t now_ms = 100 * kWeekMs;

    void append(std::int64_t time_ms, const std::string& actor, const std::string& object = "o",
                const std::string& detail = "") {
        ASSERT_TRUE(
            append_audit(*config->lock(), time_ms, {actor, "192.0.2.1"}, "host.revoke", object, detail));
    }
    // As a console does that has looked at its clock every week until then.
    std::int64_t remove_before(std::int64_t time_ms) {
        for (int week = 2; week > 0; --week)
            EXPECT_EQ(remove_audit_before(*config, time_ms, now_ms - week * kWeekMs).value_or(-1), 0);
        return remove_audit_before(*config, time_ms, now_ms).value_or(-1);
    }
    AuditPage page(const AuditFilter& filter = {}, std::optional<std::int64_t> before = {},
                   std::size_t limit = 100) {
        return audit_page(*config, filter, before, limit).value();
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
    EXPECT_EQ(remove_before(1000), 0);
    append(2000, "bob");
    EXPECT_EQ(remove_audit_before(*config, 1500, now_ms).value(), 1);
    EXPECT_FALSE(config->lock()->run("DELETE FROM audit"));
    ASSERT_EQ(page().total, 1);
    EXPECT_EQ(page().entries[0].number, 2) << "numbers are never used again";
}

TEST_F(AuditTest, NothingIsReplacedAndNothingSlipsInBetween) {
    for (int i = 1; i <= 3; ++i)
        append(1000, "alice");
    const auto insert = [this](const std::string& how, const std::string& number,
                               const std::string& rest = "") {
        return config->lock()
            ->script(how + " INTO audit VALUES(" + number + ", 1000, 'bob', '', 'host.revoke', 'o', '')" +
                     rest)
            .has_value();
    };
    for (const char* how : {"REPLACE", "INSERT OR REPLACE", "INSERT"}) {
        EXPECT_FALSE(insert(how, "2")) << how;
        EXPECT_FALSE(insert(how, "3")) << how << " of the newest";
        EXPECT_FALSE(insert(how, "-1")) << how << " before the oldest";
    }
    EXPECT_FALSE(insert("INSERT", "2", " ON CONFLICT DO UPDATE SET actor = 'bob'"));
    EXPECT_FALSE(config->lock()->run("UPDATE OR REPLACE audit SET number = 3 WHERE number = 2"));
    EXPECT_EQ(page({.actor = "alice"}).total, 3);
    EXPECT_EQ(page({.actor = "bob"}).total, 0);
    EXPECT_TRUE(insert("INSERT", "NULL"));
}

TEST_F(AuditTest, AClockThatJumpedForwardRemovesNothing) {
    append(1000, "alice");
    EXPECT_EQ(remove_before(500), 0);
    const std::int64_t in_ten_years = now_ms + 520 * kWeekMs;
    append(in_ten_years, "bob");
    for (const std::int64_t days : {0, 1, 13})
        EXPECT_EQ(remove_audit_before(*config, in_ten_years, in_ten_years + days * kWeekMs / 7).value(), 0);
    EXPECT_EQ(remove_audit_before(*config, 2000, now_ms + kWeekMs).value(), 0) << "it was set right again";
    EXPECT_EQ(page().total, 2);
    EXPECT_FALSE(config->lock()->run("DELETE FROM audit"));
    now_ms += 3 * kWeekMs;
    EXPECT_EQ(remove_audit_before(*config, 2000, now_ms - kWeekMs).value(), 0);
    EXPECT_EQ(remove_audit_before(*config, 2000, now_ms).value(), 1) << "two weeks later it is trusted";
}

TEST_F(AuditTest, WhatWasWrittenWithTheClockBehindIsNotTakenForOld) {
    EXPECT_EQ(remove_before(1000), 0);
    append(1, "alice");
    EXPECT_EQ(remove_audit_before(*config, 2000, now_ms + kWeekMs).value(), 0);
    EXPECT_EQ(page().total, 1);
}

TEST_F(AuditTest, AHostIsNoUserWhateverItsName) {
    ASSERT_TRUE(add_enrollment_token(*config, "secret", 1000, 1, {"root@console", ""}));
    ASSERT_TRUE(admit_host(*config, "secret", {"h1", "alice", 2, false}, {}, "192.0.2.1"));
    EXPECT_EQ(page({.action = "host.enroll"}).entries.at(0).actor, "host:alice");
    EXPECT_FALSE(add_user(*config, "host:alice", "hash", "admin", 3, {"root@console", ""}));
    EXPECT_FALSE(add_user(*config, "root@console", "hash", "admin", 3, {"root@console", ""}));
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

TEST_F(AuditTest, ReadingTheLogWaitsForNoChangeAndHoldsNoneUp) {
    append(1, "alice");
    std::optional changing(config->lock());
    auto read = std::async(std::launch::async, [this] { return page().total; });
    EXPECT_EQ(read.wait_for(std::chrono::seconds(10)), std::future_status::ready);
    changing.reset();
    EXPECT_EQ(read.get(), 1);
    const auto reading = config->lock_reader();
    append(2, "alice");
}

TEST_F(AuditTest, WhoReadsCannotWrite) {
    EXPECT_FALSE(append_audit(*config->lock_reader(), 1, {"alice", ""}, "host.revoke", "o", ""));
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
            old->lock()->script("DROP TABLE audit; DROP TABLE audit_floor; DROP TABLE audit_clock; DROP "
                                "TABLE refused_sign_ins; PRAGMA user_version = 1;"));
    }
    auto now = ConfigDatabase::open(path, false).value();
    EXPECT_TRUE(append_audit(*now->lock(), 1, {"alice", ""}, "host.revoke", "o", ""));
}

TEST_F(AuditTest, ADatabaseOfAnEarlierConsoleKeepsItsEntriesAndIsGuarded) {
    append(1000, "alice");
    ASSERT_TRUE(
        config->lock()->script("DROP TRIGGER audit_is_not_replaced; DROP TRIGGER audit_grows_at_its_end; "
                               "DROP TABLE audit_clock; DROP TABLE refused_sign_ins; "
                               "PRAGMA user_version = 2;"));
    config = ConfigDatabase::open(directory.path() / "console.db", false).value();
    EXPECT_EQ(page().total, 1);
    EXPECT_FALSE(config->lock()->run("REPLACE INTO audit SELECT 1, 1000, 'bob', '', 'host.revoke', '', ''"));
}

}  // namespace
}  // namespace modelward::console
