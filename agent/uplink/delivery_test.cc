// SPDX-License-Identifier: Apache-2.0
// Delivery against a console that is a function: it runs on the uplink's thread, as the real one does.
#include "agent/uplink/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

using testing::HasSubstr;

wire::Event event_named(const std::string& reason) {
    wire::Event event;
    event.set_reason(reason);
    return event;
}

struct DeliveryTest : ::testing::Test {
    TemporaryDirectory directory;
    EventLoop loop = std::move(*EventLoop::create());
    Spool spool = std::move(*Spool::open(directory.path() / "spool.db", {64 << 20, 1 << 20}));
    std::uint64_t version = 5;
    std::vector<std::uint64_t> bundles;
    std::vector<std::string> problems;
    std::optional<std::string> renewal_request;
    std::vector<std::string> renewals;
    std::atomic<bool> renews = true;
    // The console: what it stored, and how it answers. Touched by the uplink's thread only while a job is
    // under way.
    std::mutex mutex;
    std::vector<wire::EventBatch> received;
    std::atomic<bool> away = false;
    std::atomic<std::uint64_t> offered = 5;
    std::atomic<bool> has_bundle = true;
    std::atomic<bool> slow_line = false;
    std::map<std::string, std::uint64_t> marks;  // of each spool
    std::atomic<int> fetches = 0;

    // Last: its thread may still be in console() when the test ends.
    Delivery delivery{loop,
                      spool,
                      {[] { return wire::Status(); }, [this] { return version; },
                       [this](const wire::SignedBundle& bundle) {
                           bundles.push_back(bundle.payload().size());
                           version = offered;
                       },
                       [this](const std::string& problem) { problems.push_back(problem); },
                       [this] { return std::exchange(renewal_request, std::nullopt); },
                       [this](const Result<wire::RenewResponse>& answer) {
                           renewals.push_back(answer ? answer->certificate_pem() : answer.error().message());
                       }},
                      std::chrono::seconds(1000),
                      1};

    UplinkOutcome console(const UplinkJob& job) {
        if (away) return Result<wire::EventAck>(fail(ErrorCode::kUnavailable, "connection refused"));
        if (std::holds_alternative<FetchBundle>(job)) {
            ++fetches;
            if (slow_line)
                return Result<std::optional<wire::SignedBundle>>(
                    fail(ErrorCode::kUnavailable, "deadline passed"));
            if (!has_bundle) return Result<std::optional<wire::SignedBundle>>(std::nullopt);
            wire::SignedBundle bundle;
            bundle.set_payload("four");
            return Result<std::optional<wire::SignedBundle>>(bundle);
        }
        if (const auto* ask = std::get_if<RenewCertificate>(&job)) {
            if (!renews) return Result<wire::RenewResponse>(fail(ErrorCode::kDenied, "no"));
            wire::RenewResponse response;
            response.set_certificate_pem("for " + ask->request_der);
            return Result<wire::RenewResponse>(response);
        }
        const std::lock_guard lock(mutex);
        received.push_back(std::get<SendBatch>(job).batch);
        wire::EventAck ack;
        auto& mark = marks[received.back().spool_id()];
        for (const auto& event : received.back().events())
            mark = std::max(mark, event.sequence());
        ack.set_acknowledged_sequence(mark);
        ack.set_bundle_version(offered);
        return Result<wire::EventAck>(ack);
    }
    void connect() {
        ASSERT_TRUE(delivery.connect([this](const UplinkJob& job) { return console(job); }));
    }
    void run_until(const std::function<bool()>& done) {
        delivery.poke(Delivery::Clock::now());
        ASSERT_TRUE(loop.every(std::chrono::milliseconds(5), [&] { delivery.poke(Delivery::Clock::now()); }));
        ASSERT_TRUE(loop.run([&] {
            if (done()) loop.stop();
            return false;
        }));
    }
    std::vector<std::string> delivered() {
        const std::lock_guard lock(mutex);
        std::vector<std::string> all;
        for (const auto& batch : received)
            for (const auto& event : batch.events())
                all.push_back(event.reason());
        return all;
    }
};

TEST_F(DeliveryTest, EventsAreDeliveredInOrderAndLeaveTheSpool) {
    for (int i = 0; i < 450; ++i)
        ASSERT_TRUE(spool.append(event_named(std::to_string(i))));
    connect();
    run_until([&] { return spool.counters().events == 0; });
    const auto all = delivered();
    ASSERT_EQ(all.size(), 450u);
    for (int i = 0; i < 450; ++i)
        EXPECT_EQ(all[static_cast<std::size_t>(i)], std::to_string(i));
    EXPECT_EQ(received.size(), 3u) << "batches of at most 200";
    for (const auto& batch : received)
        EXPECT_EQ(batch.spool_id(), spool.id());
    EXPECT_TRUE(delivery.reachable());
}

TEST_F(DeliveryTest, WithNothingToSayThereIsAHeartbeat) {
    connect();
    run_until([&] { return delivery.batches_sent() == 1; });
    EXPECT_EQ(received[0].events_size(), 0);
    EXPECT_TRUE(received[0].has_status());
}

TEST_F(DeliveryTest, AConsoleThatIsAwayCostsNothing) {
    away = true;
    ASSERT_TRUE(spool.append(event_named("a")));
    connect();
    run_until([&] { return !delivery.problem().empty(); });
    EXPECT_FALSE(delivery.reachable());
    EXPECT_EQ(delivery.problem(), "connection refused");
    EXPECT_EQ(spool.counters().events, 1u);
    away = false;
    run_until([&] { return spool.counters().events == 0; });
    EXPECT_EQ(delivered(), (std::vector<std::string>{"a"}));
    EXPECT_EQ(delivery.problem(), "");
}

TEST_F(DeliveryTest, ANewBundleIsFetchedAndHandedOver) {
    offered = 6;
    connect();
    run_until([&] { return !bundles.empty() && delivery.batches_sent() >= 2; });
    EXPECT_EQ(bundles.size(), 1u);
    EXPECT_EQ(fetches, 1);
}

TEST_F(DeliveryTest, AnOlderBundleThanTheOneInForceIsAProblemThatIsTold) {
    offered = 4;
    has_bundle = false;
    connect();
    run_until([&] { return !problems.empty(); });
    EXPECT_THAT(problems[0], HasSubstr("version 4, older than version 5"));
}

TEST_F(DeliveryTest, ARefusedBundleIsNotFetchedAtEveryHeartbeat) {
    offered = 4;
    has_bundle = false;
    connect();
    std::uint64_t appended = 0;
    run_until([&] {
        if (spool.counters().events == 0 && appended < 5) {
            EXPECT_TRUE(spool.append(event_named(std::to_string(appended++))));
            delivery.poke(Delivery::Clock::now());
        }
        return appended == 5 && spool.counters().events == 0;
    });
    EXPECT_EQ(fetches, 1);
}

TEST_F(DeliveryTest, ABundleThatDoesNotArriveHoldsNoEventsBackAndIsNotFetchedAtOnceAgain) {
    offered = 6;
    slow_line = true;
    connect();
    run_until([&] { return !problems.empty(); });
    EXPECT_THAT(problems[0], HasSubstr("could not be fetched: deadline passed"));
    EXPECT_TRUE(delivery.reachable());
    ASSERT_TRUE(spool.append(event_named("a")));
    delivery.poke(Delivery::Clock::now());
    run_until([&] { return spool.counters().events == 0; });
    EXPECT_EQ(fetches, 1);
}

// A virtual machine that was set back counts sequences again that the console has: it would ignore them.
TEST_F(DeliveryTest, ASpoolThatWasPutBackFromACopyLosesNothing) {
    const std::string before = spool.id();
    marks[before] = 1000;
    ASSERT_TRUE(spool.append(event_named("a")));
    connect();
    run_until([&] { return spool.counters().events == 0; });
    EXPECT_NE(spool.id(), before);
    EXPECT_EQ(received.front().spool_id(), before);
    EXPECT_EQ(received.back().spool_id(), spool.id());
    ASSERT_EQ(received.back().events_size(), 1);
    EXPECT_EQ(received.back().events(0).reason(), "a");
}

TEST_F(DeliveryTest, ACertificateIsAskedForWhenItIsDue) {
    renewal_request = "a request";
    connect();
    run_until([&] { return !renewals.empty(); });
    EXPECT_EQ(renewals, (std::vector<std::string>{"for a request"}));
}

TEST_F(DeliveryTest, ARefusedRenewalHoldsNoEventsBack) {
    renews = false;
    renewal_request = "a request";
    ASSERT_TRUE(spool.append(event_named("a")));
    connect();
    run_until([&] { return spool.counters().events == 0; });
    EXPECT_EQ(renewals, (std::vector<std::string>{"no"}));
    EXPECT_EQ(delivery.problem(), "");
}

TEST(Backoff, DoublesToThirtySecondsWithJitterAndStartsAnewAfterSuccess) {
    Backoff backoff(1);
    std::chrono::milliseconds whole = Backoff::kFirst;
    for (int i = 0; i < 10; ++i) {
        const auto pause = backoff.next();
        EXPECT_GE(pause, whole / 2);
        EXPECT_LE(pause, whole);
        whole = std::min(whole * 2, Backoff::kLongest);
    }
    backoff.reset();
    EXPECT_LE(backoff.next(), Backoff::kFirst);
}

}  // namespace
}  // namespace modelward::agent
