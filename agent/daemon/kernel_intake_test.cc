// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/kernel_intake.h"

#include <gtest/gtest.h>

#include "agent/testing/fake_sensor.h"
#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

struct KernelIntakeTest : ::testing::Test {
    TemporaryDirectory directory;
    EventLoop loop = std::move(*EventLoop::create());
    FakeSensor sensor;
    Spool spool = std::move(*Spool::open(directory.path() / "spool.db", {1 << 20, 1 << 10}));
    PolicyArchive archive = std::move(*PolicyArchive::open(spool.database()));
    EventBuilder builder{archive};
    std::vector<std::string> derived;
    std::size_t stored = 0;
    KernelIntake intake{loop,
                        sensor,
                        spool,
                        builder,
                        {[this](const KernelEvent& e) { derived.push_back(e.path); },
                         [this](const KernelEvent&, const wire::Event&) { ++stored; }}};

    static KernelEvent block(std::uint64_t sequence, std::size_t padding = 0) {
        KernelEvent event;
        event.sequence = sequence;
        event.action = rules::Action::kBlock;
        event.path = "/" + std::string(padding, 'p');
        return event;
    }
    void run_once() {
        bool ran = false;
        ASSERT_TRUE(loop.run([&] {
            if (ran) loop.stop();
            return ran = true;
        }));
    }
};

TEST_F(KernelIntakeTest, WhatWaitedAtTheStartAndWhatComesLaterIsStored) {
    sensor.push(block(1));
    ASSERT_TRUE(intake.start());
    EXPECT_EQ(spool.counters().events, 1u);
    sensor.push(block(2));
    run_once();
    EXPECT_EQ(spool.counters().events, 2u);
    EXPECT_EQ(stored, 2u);
    EXPECT_TRUE(sensor.events.empty());
}

TEST_F(KernelIntakeTest, DerivedFilesAreHandedOn) {
    auto event = block(1, 3);
    event.kind = KernelEventKind::kDerivedLabel;
    sensor.push(event);
    ASSERT_TRUE(intake.start());
    EXPECT_EQ(derived, (std::vector<std::string>{"/ppp"}));
}

TEST_F(KernelIntakeTest, WithoutRoomEventsStayInTheKernelAndComeOnceLater) {
    ASSERT_TRUE(spool.database().script("PRAGMA max_page_count = 40"));
    for (std::uint64_t sequence = 1; sequence <= 600; ++sequence)
        sensor.push(block(sequence, 300));
    ASSERT_TRUE(intake.start());
    EXPECT_TRUE(intake.paused());
    EXPECT_EQ(sensor.events.size(), 600u);
    EXPECT_GT(spool.counters().events, 0u) << "the first slice fitted";
    run_once();  // does not spin on a readable descriptor

    ASSERT_TRUE(spool.database().script("PRAGMA max_page_count = 100000"));
    intake.once_a_second();
    EXPECT_FALSE(intake.paused());
    EXPECT_EQ(spool.counters().events, 600u);
    EXPECT_EQ(stored, 600u) << "each is told once, though the kernel gave some again";
    EXPECT_EQ(spool.counters().lost, 0u);
    EXPECT_TRUE(sensor.events.empty());
}

}  // namespace
}  // namespace modelward::agent
