// SPDX-License-Identifier: Apache-2.0
#include "console/server/upkeep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <thread>

#include "console/server/store/audit.h"
#include "console/server/store/event_files.h"
#include "console/server/testing/events.h"
#include "console/server/testing/running_console.h"

namespace modelward::console {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

TEST(Retention, KeepsThisMonthAndAsManyBeforeIt) {
    EXPECT_EQ(first_kept_period(kTestTimeMs, 1), "2026-12");
    EXPECT_EQ(first_kept_period(kTestTimeMs, 13), "2025-12");
    EXPECT_EQ(first_kept_period(kTestTimeMs, 24), "2025-01");
}

class UpkeepTest : public testing::Test {
  protected:
    RunningConsole console_;
    std::int64_t now_ms_ = kTestTimeMs;
    TemporaryDirectory directory_;
    std::unique_ptr<EventStore> events_ =
        EventStore::open(directory_.path(), {.now_ms = [this] { return now_ms_; }}).value();

    void deliver(std::uint64_t sequence) {
        std::promise<Result<std::uint64_t>> stored;
        events_->submit({"host-1", "ws"}, block_batch(sequence, sequence),
                        [&stored](Result<std::uint64_t> mark) { stored.set_value(std::move(mark)); });
        ASSERT_TRUE(stored.get_future().get().has_value());
    }
    std::unique_ptr<ConfigDatabase> config_ =
        ConfigDatabase::open(directory_.path() / "console.db", true).value();
    std::vector<std::string> tend(int months, int audit_months = 0) {
        return upkeep(*events_, *config_, console_.state(), {months, audit_months}, now_ms_);
    }
};

TEST_F(UpkeepTest, MonthsThatAreOverAreRemovedAndSaid) {
    deliver(1);
    now_ms_ += 31 * kDayMs;
    deliver(2);
    now_ms_ += 28 * kDayMs;
    deliver(3);
    ASSERT_EQ(events_->incidents({}, std::nullopt, 10)->total, 3u) << "every file has been read";
    EXPECT_THAT(tend(0), IsEmpty());
    EXPECT_THAT(tend(2), IsEmpty());
    EXPECT_THAT(tend(1), ElementsAre("removed the events of 2027-01: older than 1 months"));
    EXPECT_THAT(list_periods(directory_.path()).value(), ElementsAre("2027-02", "2027-03"));
    EXPECT_EQ(events_->incidents({}, std::nullopt, 10)->total, 2u);
}

TEST_F(UpkeepTest, TheAuditLogHasARetentionOfItsOwn) {
    for (const auto time_ms : {now_ms_, now_ms_ + 48 * kDayMs})
        ASSERT_TRUE(append_audit(*config_->lock(), time_ms, {"alice", ""}, "rules.publish", "bundle 1", ""));
    now_ms_ += 48 * kDayMs;
    EXPECT_THAT(tend(1, 2), IsEmpty());
    EXPECT_THAT(tend(1, 1), IsEmpty()) << "weeks at once: the clock may have been set";
    now_ms_ += 7 * kDayMs;
    EXPECT_THAT(tend(1, 1), IsEmpty());
    now_ms_ += 7 * kDayMs;
    EXPECT_THAT(tend(1, 2), IsEmpty());
    EXPECT_THAT(tend(1, 1), ElementsAre("removed 1 audit entries: older than 1 months"));
    EXPECT_EQ(audit_page(*config_, {}, {}, 10)->total, 1);
}

TEST_F(UpkeepTest, ACertificateThatIsAboutToEndIsSaid) {
    now_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(
                  std::chrono::system_clock::now().time_since_epoch())
                  .count();
    EXPECT_THAT(tend(0), IsEmpty());
    now_ms_ += 800 * kDayMs;
    EXPECT_THAT(tend(0), ElementsAre(HasSubstr("modelward-console renew")));
}

TEST(RunningConsoleTest, RemovesOldMonthsWhenItStarts) {
    RunningConsole console;
    const auto old = event_file(console.state().path, "2001-01");
    // Should the console that runs see it already, so much the better.
    std::ofstream(old) << "a month long ago";
    console.restart();
    while (std::filesystem::exists(old))
        std::this_thread::yield();
}

}  // namespace
}  // namespace modelward::console
