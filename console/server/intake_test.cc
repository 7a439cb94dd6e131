// SPDX-License-Identifier: Apache-2.0
#include "console/server/intake.h"

#include <gtest/gtest.h>

#include "console/server/testing/events.h"
#include "wire/codec.h"

namespace modelward::console {
namespace {

ErrorCode refusal(const wire::EventBatch& batch) {
    const auto read = read_event_batch(wire::encode(batch).value());
    return read ? ErrorCode::kInternal : read.error().code();
}

TEST(Intake, TakesAnOrdinaryAndAnEmptyBatch) {
    EXPECT_EQ(read_event_batch(wire::encode(block_batch(1, 200)).value())->events_size(), 200);
    EXPECT_EQ(read_event_batch(wire::encode(heartbeat()).value())->events_size(), 0);
}

TEST(Intake, SequencesAscendFromOneAndStayPositive) {
    wire::EventBatch batch = heartbeat();
    *batch.add_events() = block_event(0);
    EXPECT_EQ(refusal(batch), ErrorCode::kInvalid);
    batch.mutable_events(0)->set_sequence(7);
    *batch.add_events() = block_event(7);
    EXPECT_EQ(refusal(batch), ErrorCode::kInvalid);
    batch.mutable_events(1)->set_sequence(UINT64_MAX);
    EXPECT_EQ(refusal(batch), ErrorCode::kInvalid);
    batch.mutable_events(1)->set_sequence(9);
    EXPECT_EQ(refusal(batch), ErrorCode::kInternal) << "a gap is not malformed";
}

TEST(Intake, ABatchNamesItsSpool) {
    wire::EventBatch batch = block_batch(1, 1);
    batch.clear_spool_id();
    EXPECT_EQ(refusal(batch), ErrorCode::kInvalid);
    batch.set_spool_id(std::string(65, 'x'));
    EXPECT_EQ(refusal(batch), ErrorCode::kInvalid);
}

TEST(Intake, CountsAreLimited) {
    wire::EventBatch batch = heartbeat();
    for (int i = 1; i <= kMaxEventsPerBatch + 1; ++i)
        batch.add_events()->set_sequence(static_cast<std::uint64_t>(i));
    EXPECT_EQ(refusal(batch), ErrorCode::kLimit);
    batch.mutable_events()->RemoveLast();
    EXPECT_EQ(refusal(batch), ErrorCode::kInternal);

    wire::EventBatch deep = block_batch(1, 1);
    for (int i = 0; i < 257; ++i)
        deep.mutable_events(0)->add_ancestors();
    EXPECT_EQ(refusal(deep), ErrorCode::kLimit);
}

// The agent would send the same batch again for ever, and no event of the host would arrive any more.
TEST(Intake, ALongStatusIsShortenedAndTheEventsBesideItAreTaken) {
    wire::EventBatch chatty = block_batch(1, 3);
    for (int i = 0; i < 1001; ++i) {
        chatty.mutable_status()->add_counters()->set_name("counter-" + std::to_string(i));
        chatty.mutable_status()->add_blind_spots("spot " + std::to_string(i));
    }
    const auto read = read_event_batch(wire::encode(chatty).value());
    ASSERT_TRUE(read.has_value()) << read.error().message();
    EXPECT_EQ(read->events_size(), 3);
    const wire::Status& status = read->status();
    ASSERT_EQ(status.blind_spots_size(), 256);
    EXPECT_EQ(status.blind_spots(254), "spot 254");
    EXPECT_EQ(status.blind_spots(255), "and 746 more, which the console does not keep");
    ASSERT_EQ(status.counters_size(), 1000);
    EXPECT_EQ(status.counters(999).name(), "console_counters_not_kept");
    EXPECT_EQ(status.counters(999).value(), 2u);
}

TEST(Intake, ABombIsRefusedByItsDecompressedSize) {
    const std::string bomb = wire::compress(std::string(wire::kMaxEventBatchBytes + 1, '\0')).value();
    EXPECT_LT(bomb.size(), 10'000u);
    EXPECT_EQ(read_event_batch(bomb).error().code(), ErrorCode::kLimit);
    EXPECT_EQ(read_event_batch("").error().code(), ErrorCode::kInvalid);
    EXPECT_EQ(read_event_batch("GET / HTTP/1.1").error().code(), ErrorCode::kInvalid);
}

}  // namespace
}  // namespace modelward::console
