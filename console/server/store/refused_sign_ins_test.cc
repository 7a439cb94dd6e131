// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/refused_sign_ins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"
#include "console/server/store/audit.h"

namespace modelward::console {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct RefusedSignInsTest : testing::Test {
    TemporaryDirectory directory;
    std::filesystem::path path = directory.path() / "console.db";
    std::unique_ptr<ConfigDatabase> config = ConfigDatabase::open(path, true).value();
    std::int64_t now_ms = 1'800'000'000'000;

    void refuse(const std::string& username, const std::string& address, int times = 1) {
        for (int i = 0; i < times; ++i)
            ASSERT_TRUE(note_refused_sign_in(*config, username, ++now_ms, address));
    }
    void settle(std::uint64_t turned_away = 0) {
        ASSERT_TRUE(settle_refused_sign_ins(*config, turned_away, now_ms));
    }
    // Oldest first: "ACTOR ADDRESS DETAIL".
    std::vector<std::string> log() {
        std::vector<std::string> lines;
        const AuditPage page = audit_page(*config, {}, {}, 500).value();
        for (const AuditEntry& entry : page.entries)
            lines.insert(lines.begin(), entry.actor + " " + entry.address + " " + entry.detail);
        return lines;
    }
};

TEST_F(RefusedSignInsTest, TheFirstIsAnEntryAtOnceAndTheOthersAreOneWhenTenMinutesAreOver) {
    refuse("alice", "192.0.2.1", 38);
    settle();
    EXPECT_THAT(log(), ElementsAre("alice 192.0.2.1 wrong password"));
    now_ms += kRefusalWindowMs;
    settle();
    EXPECT_THAT(log(), ElementsAre("alice 192.0.2.1 wrong password",
                                   "alice 192.0.2.1 wrong password: 37 more in ten minutes"));
    settle();
    EXPECT_EQ(log().size(), 2u) << "once";
}

TEST_F(RefusedSignInsTest, OneGuessIsOneEntry) {
    refuse("alice", "192.0.2.1");
    now_ms += kRefusalWindowMs;
    refuse("alice", "192.0.2.1");
    now_ms += kRefusalWindowMs;
    settle();
    EXPECT_EQ(log().size(), 2u);
}

TEST_F(RefusedSignInsTest, FromHoweverManyAddressesTheEntriesAreBoundedAndEveryGuessIsCounted) {
    for (int i = 0; i < 500; ++i)
        refuse("", "192.0.2." + std::to_string(i), 2);
    EXPECT_EQ(log().size(), 8u);
    now_ms += kRefusalWindowMs;
    settle();
    EXPECT_EQ(log().size(), 17u);
    EXPECT_EQ(log()[8], " 192.0.2.0 no such user: 1 more in ten minutes");
    EXPECT_EQ(log()[16], "  for other users or from other addresses: 984 more in ten minutes");
}

TEST_F(RefusedSignInsTest, WhatWasNotEvenLookedAtIsCountedToo) {
    settle(5);
    settle(2);
    EXPECT_THAT(log(), IsEmpty());
    now_ms += kRefusalWindowMs;
    settle();
    EXPECT_THAT(log(), ElementsAre("  too many tries, passwords not looked at: 7 more in ten minutes"));
}

TEST_F(RefusedSignInsTest, TheNextGuessSettlesWhatIsOver) {
    refuse("alice", "192.0.2.1", 2);
    now_ms += kRefusalWindowMs;
    refuse("bob", "192.0.2.1");
    EXPECT_THAT(log(), ElementsAre("alice 192.0.2.1 wrong password",
                                   "alice 192.0.2.1 wrong password: 1 more in ten minutes",
                                   "bob 192.0.2.1 wrong password"));
}

TEST_F(RefusedSignInsTest, CountsOutliveTheConsole) {
    refuse("alice", "192.0.2.1", 3);
    config.reset();
    config = ConfigDatabase::open(path, false).value();
    now_ms += kRefusalWindowMs;
    settle();
    EXPECT_EQ(log().back(), "alice 192.0.2.1 wrong password: 2 more in ten minutes");
}

TEST_F(RefusedSignInsTest, AClockThatWentBackLosesNoCount) {
    refuse("alice", "192.0.2.1", 3);
    now_ms -= 24LL * 3600 * 1000;
    settle();
    EXPECT_EQ(log().size(), 2u);
}

}  // namespace
}  // namespace modelward::console
