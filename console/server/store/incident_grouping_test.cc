// SPDX-License-Identifier: Apache-2.0
// Which verdicts become one incident, and what it says of them.
#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"
#include "console/server/incidents.h"
#include "console/server/store/event_files.h"
#include "console/server/store/incident_queries.h"
#include "console/server/testing/events.h"

namespace modelward::console {
namespace {

class IncidentGrouping : public testing::Test {
  protected:
    TemporaryDirectory directory_;
    Database database_ = open_event_file(directory_.path(), "2027-01").value();
    std::uint64_t sequence_ = 0;

    std::vector<StoredIncident> find(const IncidentFilter& filter = {}) {
        return find_incidents(database_, filter, std::nullopt, 100).value();
    }
    std::set<std::uint64_t> add(wire::Event event) {
        std::set<std::uint64_t> changed;
        event.set_sequence(++sequence_);
        EXPECT_TRUE(insert_event(database_, {"host-1", "ws-17"}, event, kTestTimeMs, changed).has_value());
        return changed;
    }
    wire::Event at(std::int64_t minutes) { return block_event(1, kTestTimeMs + minutes * 60'000, 1000); }
};

TEST_F(IncidentGrouping, LikeVerdictsWithinTenMinutesAreOne) {
    add(at(0));
    add(at(9));
    add(at(18));  // nine minutes after the last, not the first
    const auto incidents = find();
    ASSERT_EQ(incidents.size(), 1u);
    EXPECT_EQ(incidents[0].count, 3u);
    EXPECT_EQ(incidents[0].bytes_requested, 3000u);
    EXPECT_EQ(incidents[0].first_ms, kTestTimeMs);
    EXPECT_EQ(incidents[0].last_ms, kTestTimeMs + 18 * 60'000);
}

TEST_F(IncidentGrouping, AfterTenMinutesItIsAnother) {
    add(at(0));
    add(at(11));
    EXPECT_EQ(find().size(), 2u);
}

TEST_F(IncidentGrouping, EachPartOfTheKeySeparates) {
    wire::Event event = at(0);
    add(event);
    event.mutable_rule()->set_id("rule-2");
    add(event);
    event.mutable_process()->set_pid(101);
    add(event);
    event.mutable_process()->set_start_unix_ns(event.process().start_unix_ns() + 5'000'000'000);
    add(event);
    event.mutable_artifacts(0)->set_id("artifact-2");
    add(event);
    event.mutable_sink()->set_kind("network");
    add(event);
    EXPECT_EQ(find().size(), 6u);
}

// The agent works the time of day of a start out anew for every event, and clocks are corrected.
TEST_F(IncidentGrouping, AStartThatMovedWithTheClockIsTheSameProcess) {
    wire::Event event = at(0);
    const std::int64_t start_ns = kTestTimeMs * 1'000'000;
    event.mutable_process()->set_start_unix_ns(start_ns);
    add(event);
    event.mutable_process()->set_start_unix_ns(start_ns + 3'000'000);
    add(event);
    event.mutable_process()->set_start_unix_ns(start_ns - 3'000'000);
    add(event);
    EXPECT_EQ(find().size(), 1u);
    event.mutable_process()->set_start_unix_ns(start_ns + 5'000'000'000);
    add(event);
    EXPECT_EQ(find().size(), 2u) << "five seconds apart it is another process of that number";
    for (const std::int64_t extreme : {INT64_MIN, INT64_MAX}) {
        event.mutable_process()->set_start_unix_ns(extreme);
        add(event);
        add(event);
    }
    EXPECT_EQ(find().size(), 4u);
}

TEST_F(IncidentGrouping, BytesOutAreWhatTheMeterLetThrough) {
    wire::Event event = at(0);
    event.set_bytes_metered(100);
    add(event);
    event.set_bytes_metered(4096);
    add(event);
    event.set_bytes_metered(200);
    add(event);
    EXPECT_EQ(find()[0].bytes_out, 4096u);
}

TEST_F(IncidentGrouping, ABlockOutweighsAnAlert) {
    wire::Event event = at(0);
    event.set_verdict(wire::VERDICT_ALERT);
    add(event);
    EXPECT_EQ(find()[0].verdict, wire::VERDICT_ALERT);
    add(at(0));
    EXPECT_EQ(find()[0].verdict, wire::VERDICT_BLOCK);
}

TEST_F(IncidentGrouping, WhatIsNoVerdictIsKeptAsAnEventOfTheHost) {
    EXPECT_TRUE(add(agent_event(1, "started")).empty());
    wire::Event allowed = at(0);
    allowed.set_verdict(wire::VERDICT_ALLOW);
    EXPECT_TRUE(add(allowed).empty());
    EXPECT_TRUE(find().empty());
    EXPECT_EQ(find_host_events(database_, "host-1", 10)->size(), 2u);
}

TEST_F(IncidentGrouping, CountersDoNotWrap) {
    wire::Event event = at(0);
    event.set_bytes_requested(UINT64_MAX);
    event.set_count(UINT64_MAX);
    add(event);
    add(event);
    EXPECT_EQ(find()[0].bytes_requested, static_cast<std::uint64_t>(INT64_MAX));
    EXPECT_EQ(find()[0].count, static_cast<std::uint64_t>(INT64_MAX));
}

TEST_F(IncidentGrouping, FiltersFindWhatTheySay) {
    add(at(0));
    wire::Event other = at(0);
    other.mutable_rule()->set_id("rule-2");
    other.mutable_rule()->set_level("low");
    other.set_verdict(wire::VERDICT_ALERT);
    other.mutable_artifacts(0)->set_name("Embedder 100%");
    add(other);
    EXPECT_EQ(find({.text = "SANDISK"}).size(), 2u);
    EXPECT_EQ(find({.text = "embedder 100%"}).size(), 1u);
    EXPECT_EQ(find({.text = "%"}).size(), 1u) << "no wildcard";
    EXPECT_EQ(find({.level = "high"}).size(), 1u);
    EXPECT_EQ(find({.verdict = "alert"}).size(), 1u);
    EXPECT_EQ(find({.verdict = "nonsense"}).size(), 0u);
    EXPECT_EQ(find({.host = "ws-17"}).size(), 2u);
    EXPECT_EQ(find({.host = "ws-18"}).size(), 0u);
    EXPECT_EQ(count_incidents(database_, {.level = "low"}).value(), 1u);
}

TEST(IncidentId, IsReadAsItIsWritten) {
    EXPECT_EQ(incident_id(42), "INC-000042");
    EXPECT_EQ(incident_id(12345678), "INC-12345678");
    EXPECT_EQ(incident_number("INC-000042"), 42u);
    for (const char* text : {"", "INC-", "INC-x", "42", "INC-1 ", "INC-99999999999999999999"}) {
        EXPECT_FALSE(incident_number(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace modelward::console
