// SPDX-License-Identifier: Apache-2.0
// Exactly once: however often, in whatever pieces and across whatever crash a batch is delivered.
#include "console/server/store/event_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <future>

#include "base/testing/temporary_directory.h"
#include "console/server/store/event_files.h"
#include "console/server/testing/events.h"

namespace modelward::console {
namespace {

using testing::ElementsAre;

class EventStoreTest : public testing::Test {
  protected:
    TemporaryDirectory directory_;
    std::int64_t now_ms_ = kTestTimeMs;
    std::unique_ptr<EventStore> store_ = open();

    std::unique_ptr<EventStore> open() {
        auto opened =
            EventStore::open(directory_.path(), {.now_ms = [this] { return now_ms_; }, .on_incident = {}});
        EXPECT_TRUE(opened.has_value());
        return std::move(opened.value());
    }
    Result<std::uint64_t> deliver(const wire::EventBatch& batch, const std::string& host = "host-1") {
        std::promise<Result<std::uint64_t>> promise;
        store_->submit({host, "ws-" + host}, batch,
                       [&promise](Result<std::uint64_t> mark) { promise.set_value(mark); });
        return promise.get_future().get();
    }
    std::vector<std::uint64_t> stored_sequences(const std::string& host = "host-1") {
        std::vector<std::uint64_t> sequences;
        const auto events = store_->host_events(host, 100'000).value();
        for (const StoredEvent& event : events) {
            sequences.insert(sequences.begin(), event.event.sequence());
        }
        return sequences;
    }
    std::vector<StoredIncident> incidents() {
        return store_->incidents({}, std::nullopt, 100).value().incidents;
    }
};

TEST_F(EventStoreTest, ARedeliveredBatchChangesNothing) {
    EXPECT_EQ(deliver(block_batch(1, 5)).value(), 5u);
    EXPECT_EQ(deliver(block_batch(1, 5)).value(), 5u);
    EXPECT_THAT(stored_sequences(), ElementsAre(1, 2, 3, 4, 5));
    ASSERT_EQ(incidents().size(), 1u);
    EXPECT_EQ(incidents()[0].count, 5u);
    EXPECT_EQ(store_->host_state("host-1")->repeated, 5u);
}

TEST_F(EventStoreTest, AnOverlappingBatchAddsOnlyWhatIsNew) {
    EXPECT_EQ(deliver(block_batch(1, 3)).value(), 3u);
    EXPECT_EQ(deliver(block_batch(2, 6)).value(), 6u);
    EXPECT_THAT(stored_sequences(), ElementsAre(1, 2, 3, 4, 5, 6));
    EXPECT_EQ(incidents()[0].count, 6u);
}

TEST_F(EventStoreTest, AnIncidentHasTheStrongestVerdictOfItsEvents) {
    auto deliver_one = [&, sequence = 0U](wire::Verdict verdict) mutable {
        ++sequence;
        auto batch = block_batch(sequence, sequence);
        batch.mutable_events(0)->set_verdict(verdict);
        EXPECT_TRUE(deliver(batch));
    };
    deliver_one(wire::VERDICT_ALERT);
    deliver_one(wire::VERDICT_BLOCK);
    deliver_one(wire::VERDICT_THROTTLE);
    ASSERT_EQ(incidents().size(), 1u);
    EXPECT_EQ(incidents()[0].verdict, wire::VERDICT_BLOCK) << "throttled is less";
    deliver_one(wire::VERDICT_KILL);
    deliver_one(wire::VERDICT_BLOCK);
    EXPECT_EQ(incidents()[0].verdict, wire::VERDICT_KILL);
}

TEST_F(EventStoreTest, HostsDoNotShareAMark) {
    EXPECT_EQ(deliver(block_batch(1, 3), "host-1").value(), 3u);
    EXPECT_EQ(deliver(block_batch(1, 2), "host-2").value(), 2u);
    EXPECT_THAT(stored_sequences("host-2"), ElementsAre(1, 2));
    EXPECT_EQ(incidents().size(), 2u);
}

TEST_F(EventStoreTest, TheMarkSurvivesARestart) {
    EXPECT_EQ(deliver(block_batch(1, 3)).value(), 3u);
    store_.reset();
    store_ = open();
    EXPECT_EQ(deliver(block_batch(1, 4)).value(), 4u);
    EXPECT_THAT(stored_sequences(), ElementsAre(1, 2, 3, 4));
}

TEST_F(EventStoreTest, SkippedSequencesAreCounted) {
    EXPECT_TRUE(deliver(block_batch(1, 2)).has_value());
    EXPECT_TRUE(deliver(block_batch(6, 6)).has_value());
    EXPECT_EQ(store_->host_state("host-1")->missing, 3u);
    wire::EventBatch other = block_batch(50, 51);
    other.set_spool_id("another");
    EXPECT_TRUE(deliver(other).has_value());
    EXPECT_EQ(store_->host_state("host-1")->missing, 3u)
        << "what a spool sent elsewhere before is not missing";
}

TEST_F(EventStoreTest, ManyConnectionsAtOnceLoseAndDoubleNothing) {
    constexpr int kHosts = 8;
    constexpr std::uint64_t kBatches = 20;
    std::vector<std::thread> threads;
    for (int host = 0; host < kHosts; ++host) {
        threads.emplace_back([this, name = "host-" + std::to_string(host)] {
            for (std::uint64_t i = 0; i < kBatches; ++i) {
                EXPECT_TRUE(deliver(block_batch(i * 5 + 1, i * 5 + 5), name).has_value());
                EXPECT_TRUE(deliver(block_batch(i * 5 + 1, i * 5 + 5), name).has_value());
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    for (int host = 0; host < kHosts; ++host) {
        const auto sequences = stored_sequences("host-" + std::to_string(host));
        ASSERT_EQ(sequences.size(), kBatches * 5);
        EXPECT_EQ(std::set(sequences.begin(), sequences.end()).size(), kBatches * 5);
    }
}

// The console dies when the rows are durable and before the agent hears of it; the agent sends again.
TEST_F(EventStoreTest, ACrashBeforeTheAcknowledgementDoublesNothing) {
    store_.reset();
    const pid_t child = ::fork();
    if (child == 0) {
        auto store =
            EventStore::open(directory_.path(), {.now_ms = [] { return kTestTimeMs; }, .on_incident = {}});
        (*store)->submit({"host-1", "ws"}, block_batch(1, 3), [](const auto&) { ::_exit(0); });
        ::pause();
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    store_ = open();
    EXPECT_EQ(deliver(block_batch(1, 3)).value(), 3u);
    EXPECT_THAT(stored_sequences(), ElementsAre(1, 2, 3));
}

// The console dies with rows written and the transaction open: nothing of it is there, and the mark says so.
TEST_F(EventStoreTest, ACrashInsideTheTransactionLeavesNeitherRowsNorMark) {
    store_.reset();
    const pid_t child = ::fork();
    if (child == 0) {
        auto database = open_event_file(directory_.path(), period_of(kTestTimeMs));
        auto transaction = Transaction::begin(*database);
        std::set<std::uint64_t> changed;
        (void)insert_event(*database, {"host-1", "ws"}, block_event(1), kTestTimeMs, changed);
        (void)save_host_state(*database, "host-1", {.spool_id = kTestSpool, .mark = 1, .last_seen_ms = 1});
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    store_ = open();
    EXPECT_THAT(stored_sequences(), ElementsAre());
    EXPECT_EQ(deliver(block_batch(1, 1)).value(), 1u);
    EXPECT_THAT(stored_sequences(), ElementsAre(1));
}

TEST_F(EventStoreTest, ANewMonthTakesMarksAndNumbersOver) {
    EXPECT_TRUE(deliver(block_batch(1, 2)).has_value());
    now_ms_ += 40LL * 24 * 3600 * 1000;
    EXPECT_EQ(deliver(block_batch(1, 2)).value(), 2u) << "redelivered in another month";
    wire::EventBatch later = heartbeat();
    *later.add_events() = block_event(3, now_ms_);
    EXPECT_EQ(deliver(later).value(), 3u);
    EXPECT_EQ(list_periods(directory_.path())->size(), 2u);
    ASSERT_EQ(incidents().size(), 2u);
    EXPECT_EQ(incidents()[0].number, 2u);
    EXPECT_THAT(stored_sequences(), ElementsAre(1, 2, 3));
}

// A host whose spool was removed counts from 1 again; nothing of that may pass for a repetition.
TEST_F(EventStoreTest, ARecreatedSpoolLosesNothingAndIsTold) {
    EXPECT_EQ(deliver(block_batch(1, 5)).value(), 5u);
    wire::EventBatch recreated = block_batch(1, 3);
    recreated.set_spool_id("another");
    EXPECT_EQ(deliver(recreated).value(), 3u);
    EXPECT_EQ(deliver(recreated).value(), 3u);
    const auto events = store_->host_events("host-1", 100).value();
    ASSERT_EQ(events.size(), 9u) << "five, the notice, three";
    EXPECT_EQ(events[3].event.kind(), wire::EVENT_KIND_LOSS);
    EXPECT_THAT(events[3].event.reason(), testing::HasSubstr("spool was replaced"));
    const HostState state = store_->host_state("host-1").value();
    EXPECT_EQ(state.spool_changes, 1u);
    EXPECT_EQ(state.accepted, 8u);
    EXPECT_EQ(state.repeated, 3u);
    EXPECT_EQ(state.missing, 0u);
}

TEST_F(EventStoreTest, ASpoolThatComesBackFindsItsMark) {
    EXPECT_EQ(deliver(block_batch(1, 5)).value(), 5u);
    for (int i = 0; i < 3; ++i) {
        wire::EventBatch other = block_batch(1, 1);
        other.set_spool_id("other-" + std::to_string(i));
        EXPECT_EQ(deliver(other).value(), 1u);
    }
    now_ms_ += 40LL * 24 * 3600 * 1000;
    EXPECT_EQ(deliver(block_batch(1, 5)).value(), 5u) << "in another month's file";
    EXPECT_EQ(store_->host_state("host-1")->accepted, 8u);
}

TEST_F(EventStoreTest, AHostCannotFillTheStoreWithMarks) {
    for (int i = 0; i < 40; ++i) {
        wire::EventBatch batch = heartbeat();
        batch.set_spool_id("spool-" + std::to_string(i));
        ASSERT_TRUE(deliver(batch).has_value());
        ++now_ms_;
    }
    store_.reset();
    auto database = open_event_file(directory_.path(), period_of(now_ms_)).value();
    auto rows = database.query("SELECT count(*) FROM marks").value();
    ASSERT_TRUE(rows.next().value());
    EXPECT_EQ(rows.integer(0), 16);
}

// The older file has older marks and older numbers: what is delivered again would be stored again.
TEST_F(EventStoreTest, AClockThatGoesBackOverAMonthKeepsTheNewestFile) {
    EXPECT_TRUE(deliver(block_batch(1, 2)).has_value());
    now_ms_ += 40LL * 24 * 3600 * 1000;
    EXPECT_EQ(deliver(block_batch(3, 4)).value(), 4u);
    now_ms_ -= 40LL * 24 * 3600 * 1000;
    EXPECT_EQ(deliver(block_batch(3, 4)).value(), 4u);
    store_.reset();
    store_ = open();
    EXPECT_EQ(deliver(block_batch(1, 4)).value(), 4u) << "also after a restart";
    EXPECT_THAT(stored_sequences(), ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(incidents().size(), 2u);
    EXPECT_EQ(incidents()[0].number, 2u);
}

TEST_F(EventStoreTest, PagesRunAcrossMonths) {
    for (std::uint64_t i = 1; i <= 6; ++i) {
        wire::EventBatch batch = heartbeat();
        *batch.add_events() = block_event(i, now_ms_);
        ASSERT_TRUE(deliver(batch).has_value());
        now_ms_ += 16LL * 24 * 3600 * 1000;
    }
    std::vector<std::uint64_t> numbers;
    std::optional<std::uint64_t> before;
    do {
        const auto page = store_->incidents({}, before, 2).value();
        EXPECT_EQ(page.total, 6u);
        EXPECT_LE(page.incidents.size(), 2u);
        for (const StoredIncident& incident : page.incidents)
            numbers.push_back(incident.number);
        before = page.next;
    } while (before);
    EXPECT_THAT(numbers, ElementsAre(6, 5, 4, 3, 2, 1));
}

TEST_F(EventStoreTest, RetentionRemovesFilesButNeverTheMarks) {
    EXPECT_TRUE(deliver(block_batch(1, 2)).has_value());
    now_ms_ += 40LL * 24 * 3600 * 1000;
    EXPECT_TRUE(deliver(block_batch(3, 3)).has_value());
    EXPECT_THAT(remove_periods_before(directory_.path(), "2999-01").value(), ElementsAre("2027-01"));
    EXPECT_EQ(list_periods(directory_.path())->size(), 1u);
    EXPECT_EQ(deliver(block_batch(1, 2)).value(), 3u);
    EXPECT_THAT(stored_sequences(), ElementsAre(3));
}

// What is waiting or being written is held: the first batch stays under way until its callback returns.
class HeldStore {
  public:
    HeldStore(const std::filesystem::path& directory, EventStore::Options options)
        : store_(EventStore::open(directory, std::move(options)).value()) {}
    ~HeldStore() { release_.set_value(); }

    void hold_writer() {
        const auto under_way = std::make_shared<std::promise<void>>();
        store_->submit({"first", "ws"}, block_batch(1, 1), [under_way, held = held_](const auto&) {
            under_way->set_value();
            held.wait();
        });
        under_way->get_future().wait();
    }
    // Taken: nothing was said yet.
    bool takes(const std::string& host, const wire::EventBatch& batch) {
        const auto answer = std::make_shared<std::atomic<int>>(0);
        store_->submit({host, "ws"}, batch, [answer](const Result<std::uint64_t>& mark) {
            *answer = !mark && mark.error().code() == ErrorCode::kUnavailable ? 1 : 2;
        });
        return *answer == 0;
    }

  private:
    std::promise<void> release_;
    std::shared_future<void> held_ = release_.get_future().share();
    std::unique_ptr<EventStore> store_;
};

TEST_F(EventStoreTest, WaitingBatchesAreBoundedInBytesForEachHostAndForAll) {
    const wire::EventBatch batch = block_batch(1, 10);
    const std::size_t bytes = batch.ByteSizeLong();
    TemporaryDirectory directory;
    HeldStore store(directory.path(), {.now_ms = [] { return kTestTimeMs; },
                                       .max_waiting_bytes = bytes * 4 + bytes / 2,
                                       .max_waiting_bytes_per_host = bytes * 2 + bytes / 2});
    store.hold_writer();
    EXPECT_TRUE(store.takes("host-1", batch));
    EXPECT_TRUE(store.takes("host-1", batch));
    EXPECT_FALSE(store.takes("host-1", batch)) << "its share is used up";
    EXPECT_TRUE(store.takes("host-2", batch)) << "others have theirs";
    EXPECT_TRUE(store.takes("host-3", batch));
    EXPECT_FALSE(store.takes("host-4", batch)) << "all of it is used up";
}

TEST_F(EventStoreTest, WhatIsWrittenMakesRoomAgain) {
    const std::size_t bytes = block_batch(1, 1).ByteSizeLong();
    store_.reset();
    store_ = EventStore::open(directory_.path(), {.now_ms = [] { return kTestTimeMs; },
                                                  .max_waiting_bytes = bytes * 2,
                                                  .max_waiting_bytes_per_host = bytes * 2})
                 .value();
    for (std::uint64_t i = 1; i <= 20; ++i)
        EXPECT_EQ(deliver(block_batch(i, i)).value(), i);
}

TEST_F(EventStoreTest, NobodyIsToldOfIncidentsWhenNobodyListens) {
    std::atomic<int> told = 0;
    std::atomic<bool> listens = false;
    store_.reset();
    store_ = EventStore::open(directory_.path(), {.now_ms = [] { return kTestTimeMs; },
                                                  .on_incident = [&told](const StoredIncident&) { ++told; },
                                                  .anyone_listens = [&listens] { return listens.load(); }})
                 .value();
    EXPECT_TRUE(deliver(block_batch(1, 1)).has_value());
    EXPECT_TRUE(deliver(block_batch(2, 2)).has_value()) << "answered after the first was dealt with";
    EXPECT_EQ(told, 0);
    listens = true;
    EXPECT_TRUE(deliver(block_batch(3, 3)).has_value());
    store_.reset();
    EXPECT_GE(told, 1);
}

TEST_F(EventStoreTest, AFullQueueIsAnErrorAndNotALoss) {
    auto opened = EventStore::open(
        directory_.path(), {.now_ms = [] { return kTestTimeMs; }, .on_incident = {}, .max_waiting = 0});
    std::optional<Result<std::uint64_t>> answer;
    (*opened)->submit({"host-1", "ws"}, block_batch(1, 1), [&answer](auto mark) { answer = mark; });
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->error().code(), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace modelward::console
