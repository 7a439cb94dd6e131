// SPDX-License-Identifier: Apache-2.0
#include "agent/spool/spool.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

constexpr SpoolLimits kRoomy{64 << 20, 1 << 20};

wire::Event event_named(const std::string& reason, wire::Verdict verdict = wire::VERDICT_ALERT) {
    wire::Event event;
    event.set_kind(wire::EVENT_KIND_VERDICT);
    event.set_verdict(verdict);
    event.set_reason(reason);
    return event;
}

SpoolItem from_kernel(std::uint64_t sequence, wire::Verdict verdict = wire::VERDICT_BLOCK,
                      std::size_t padding = 0) {
    return {event_named("kernel " + std::to_string(sequence) + std::string(padding, '.'), verdict),
            KernelPlace{0, sequence}};
}

struct SpoolTest : ::testing::Test {
    Spool open(SpoolLimits limits = kRoomy) {
        auto spool = Spool::open(directory.path() / "spool.db", limits);
        EXPECT_TRUE(spool) << spool.error().message();
        return std::move(*spool);
    }
    static std::vector<std::string> reasons(Spool& spool, std::size_t most = 100000) {
        std::vector<std::string> all;
        const auto events = spool.read(most).value();
        for (const auto& event : events)
            all.push_back(event.reason());
        return all;
    }
    static std::vector<std::uint64_t> sequences(Spool& spool) {
        std::vector<std::uint64_t> all;
        const auto events = spool.read(100000).value();
        for (const auto& event : events)
            all.push_back(event.sequence());
        return all;
    }
    TemporaryDirectory directory;
};

TEST_F(SpoolTest, EventsComeBackInOrderWithConsecutiveSequences) {
    auto spool = open();
    ASSERT_TRUE(spool.append(event_named("a")));
    ASSERT_TRUE(spool.append(event_named("b")));
    EXPECT_EQ(reasons(spool), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(sequences(spool), (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(reasons(spool, 1), (std::vector<std::string>{"a"}));
}

TEST_F(SpoolTest, ABatchHasALimitInBytesButIsNeverEmpty) {
    auto spool = open();
    for (int i = 0; i < 4; ++i)
        ASSERT_TRUE(spool.append(event_named(std::string(1000, 'x'))));
    EXPECT_EQ(spool.read(100, 2500)->size(), 2u);
    EXPECT_EQ(spool.read(100, 1)->size(), 1u);
}

TEST_F(SpoolTest, ASpoolKeepsItsIdentityAndANewFileHasAnother) {
    std::string first;
    {
        auto spool = open();
        first = spool.id();
        EXPECT_EQ(first.size(), 36u) << "a UUID";
    }
    EXPECT_EQ(open().id(), first);
    for (const char* part : {"spool.db", "spool.db-wal", "spool.db-shm"})
        std::filesystem::remove(directory.path() / part);
    EXPECT_NE(open().id(), first);
}

TEST_F(SpoolTest, AChangedIdentityIsKeptWithTheEvents) {
    std::string changed;
    {
        auto spool = open();
        const std::string before = spool.id();
        ASSERT_TRUE(spool.append(event_named("a")));
        ASSERT_TRUE(spool.change_id());
        changed = spool.id();
        EXPECT_NE(changed, before);
    }
    auto spool = open();
    EXPECT_EQ(spool.id(), changed);
    EXPECT_EQ(sequences(spool), (std::vector<std::uint64_t>{1}));
}

TEST_F(SpoolTest, EachRingOfTheKernelNumbersItsOwnEvents) {
    const SpoolItem other{event_named("other ring"), KernelPlace{1, 1'000'000}};
    auto spool = open();
    ASSERT_TRUE(spool.append(std::vector{from_kernel(1), other}));
    ASSERT_TRUE(spool.append(std::vector{from_kernel(1), other, from_kernel(2)}));
    EXPECT_EQ(reasons(spool), (std::vector<std::string>{"kernel 1", "other ring", "kernel 2"}))
        << "a ring that is far ahead does not make the other's places forgotten";
}

TEST_F(SpoolTest, EventsSurviveTheProcess) {
    {
        auto spool = open();
        ASSERT_TRUE(spool.append(event_named("a")));
    }
    auto spool = open();
    EXPECT_EQ(reasons(spool), (std::vector<std::string>{"a"}));
    EXPECT_EQ(spool.counters().events, 1u);
}

TEST_F(SpoolTest, AcknowledgedEventsAreGoneAndTheirSequencesAreNeverUsedAgain) {
    {
        auto spool = open();
        for (const auto* name : {"a", "b", "c"})
            ASSERT_TRUE(spool.append(event_named(name)));
        ASSERT_TRUE(spool.acknowledge(3));
        EXPECT_TRUE(reasons(spool).empty());
        EXPECT_EQ(spool.counters().bytes, 0u);
        EXPECT_EQ(spool.counters().events, 0u);
    }
    auto spool = open();
    ASSERT_TRUE(spool.append(event_named("d")));
    EXPECT_EQ(sequences(spool), (std::vector<std::uint64_t>{4}));
}

TEST_F(SpoolTest, AnAcknowledgementBeyondWhatWasStoredDropsNothingThatComesLater) {
    auto spool = open();
    ASSERT_TRUE(spool.append(event_named("a")));
    ASSERT_TRUE(spool.acknowledge(1'000'000));
    ASSERT_TRUE(spool.append(event_named("b")));
    EXPECT_EQ(reasons(spool), (std::vector<std::string>{"b"}));
}

TEST_F(SpoolTest, KernelEventsReadAgainAfterACrashAreStoredOnce) {
    {
        auto spool = open();
        ASSERT_TRUE(spool.start_epoch("boot-1", false));
        ASSERT_TRUE(spool.append(std::vector{from_kernel(1), from_kernel(2)}));
    }
    auto spool = open();
    ASSERT_TRUE(spool.start_epoch("boot-1", true));
    ASSERT_TRUE(spool.append(std::vector{from_kernel(1), from_kernel(2), from_kernel(3)}));
    EXPECT_EQ(reasons(spool), (std::vector<std::string>{"kernel 1", "kernel 2", "kernel 3"}));
    EXPECT_EQ(spool.counters().duplicates, 2u);
}

TEST_F(SpoolTest, KernelEventsAreStoredOnceEvenWhenTheFirstCopyIsAcknowledged) {
    auto spool = open();
    ASSERT_TRUE(spool.append(std::vector{from_kernel(1)}));
    ASSERT_TRUE(spool.acknowledge(1));
    ASSERT_TRUE(spool.append(std::vector{from_kernel(1)}));
    EXPECT_TRUE(reasons(spool).empty());
}

TEST_F(SpoolTest, KernelEventsOutOfOrderAreAllStored) {
    auto spool = open();
    ASSERT_TRUE(spool.append(std::vector{from_kernel(7), from_kernel(5), from_kernel(6)}));
    EXPECT_EQ(spool.counters().events, 3u);
}

TEST_F(SpoolTest, ANewBootOrANewlyLoadedSensorCountsFromOneAgain) {
    auto spool = open();
    ASSERT_TRUE(spool.start_epoch("boot-1", false));
    ASSERT_TRUE(spool.append(std::vector{from_kernel(1)}));
    ASSERT_TRUE(spool.start_epoch("boot-2", true));
    ASSERT_TRUE(spool.append(std::vector{from_kernel(1)}));
    ASSERT_TRUE(spool.start_epoch("boot-2", false));
    ASSERT_TRUE(spool.append(std::vector{from_kernel(1)}));
    EXPECT_EQ(spool.counters().events, 3u);
}

TEST_F(SpoolTest, TelemetryCannotEatTheReserveAndItsLossIsToldOnceThereIsRoom) {
    auto spool = open({64 << 10, 32 << 10});
    std::uint64_t sent = 0;
    while (spool.counters().lost == 0) {
        ++sent;
        ASSERT_TRUE(spool.append(std::vector{from_kernel(sent, wire::VERDICT_ALERT, 1000)}));
    }
    ASSERT_LE(spool.counters().bytes, 32u << 10);
    ASSERT_TRUE(spool.append(std::vector{from_kernel(++sent, wire::VERDICT_BLOCK, 1000)}))
        << "a block has a reserve";

    auto stored = spool.read(1000).value();
    EXPECT_EQ(stored[stored.size() - 2].kind(), wire::EVENT_KIND_LOSS);
    EXPECT_EQ(stored[stored.size() - 2].count(), 1u);
    EXPECT_EQ(stored.back().verdict(), wire::VERDICT_BLOCK);
    for (std::size_t i = 0; i < stored.size(); ++i)
        EXPECT_EQ(stored[i].sequence(), i + 1) << "no gap";
}

TEST_F(SpoolTest, ABlockWithoutRoomStoresNothingOfItsBatchAndSucceedsAfterAnAcknowledgement) {
    auto spool = open({64 << 10, 32 << 10});
    std::uint64_t sent = 0;
    Result<void> appended;
    std::vector<SpoolItem> batch;
    do {
        batch = {from_kernel(sent + 1, wire::VERDICT_BLOCK, 3000),
                 from_kernel(sent + 2, wire::VERDICT_BLOCK, 3000)};
        sent += 2;
        appended = spool.append(batch);
    } while (appended);
    EXPECT_EQ(appended.error().code(), ErrorCode::kLimit);
    const auto before = spool.counters();
    EXPECT_EQ(before.lost, 0u) << "the kernel still has them";
    EXPECT_EQ(before.events, sent - 2);
    ASSERT_TRUE(spool.acknowledge(2));
    ASSERT_TRUE(spool.append(batch)) << "the same kernel events again, not taken for duplicates";
    EXPECT_EQ(spool.counters().events, before.events);
}

TEST_F(SpoolTest, AFullDiskFailsCleanlyAndEverythingStoredIsStillThere) {
    auto spool = open();
    ASSERT_TRUE(spool.database().script("PRAGMA max_page_count = 24"));  // 96 KiB of disk
    std::uint64_t stored = 0;
    Result<void> appended;
    while ((appended = spool.append(std::vector{from_kernel(stored + 1, wire::VERDICT_BLOCK, 2000)})))
        ++stored;
    EXPECT_EQ(appended.error().code(), ErrorCode::kIo);
    EXPECT_NE(appended.error().message().find("full"), std::string::npos) << appended.error().message();
    EXPECT_GT(stored, 10u);
    EXPECT_EQ(spool.read(1000)->size(), stored);
    EXPECT_EQ(spool.counters().events, stored);

    ASSERT_TRUE(spool.acknowledge(5));
    ASSERT_TRUE(spool.append(std::vector{from_kernel(stored + 1, wire::VERDICT_BLOCK, 2000)}));
    const auto left = sequences(spool);
    EXPECT_EQ(left.front(), 6u);
    EXPECT_EQ(left.back(), stored + 1) << "no gap";
}

TEST_F(SpoolTest, LossesCountedByTheCallerAreTold) {
    auto spool = open();
    spool.count_lost(3);
    ASSERT_TRUE(spool.append(event_named("a")));
    const auto stored = spool.read(10).value();
    ASSERT_EQ(stored.size(), 2u);
    EXPECT_EQ(stored[0].kind(), wire::EVENT_KIND_LOSS);
    EXPECT_EQ(stored[0].count(), 3u);
}

TEST_F(SpoolTest, ADamagedRowBecomesALossAndDoesNotStopTheRest) {
    auto spool = open();
    ASSERT_TRUE(spool.append(event_named("a")));
    ASSERT_TRUE(spool.append(event_named("b")));
    ASSERT_TRUE(spool.database().script("UPDATE events SET bytes = x'ff' WHERE sequence = 1"));
    const auto stored = spool.read(10).value();
    ASSERT_EQ(stored.size(), 2u);
    EXPECT_EQ(stored[0].kind(), wire::EVENT_KIND_LOSS);
    EXPECT_EQ(stored[1].reason(), "b");
}

TEST_F(SpoolTest, TheFileIsForItsOwnerOnly) {
    auto spool = open();
    EXPECT_EQ(std::filesystem::status(directory.path() / "spool.db").permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(SpoolTest, AFileThatIsNoDatabaseIsAClearError) {
    directory.write("spool.db", std::string(8192, 'x'));
    const auto spool = Spool::open(directory.path() / "spool.db", kRoomy);
    ASSERT_FALSE(spool);
    EXPECT_NE(spool.error().message().find("spool.db"), std::string::npos);
}

}  // namespace
}  // namespace modelward::agent
