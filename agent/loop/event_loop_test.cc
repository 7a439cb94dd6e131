// SPDX-License-Identifier: Apache-2.0
#include "agent/loop/event_loop.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace modelward::agent {
namespace {

struct Pipe {
    UniqueFd read, write;
    Pipe() {
        int ends[2];
        EXPECT_EQ(::pipe(ends), 0);
        read.reset(ends[0]);
        write.reset(ends[1]);
    }
    void fill() const { EXPECT_EQ(::write(write.get(), "x", 1), 1); }
    void drain() const {
        char byte;
        EXPECT_EQ(::read(read.get(), &byte, 1), 1);
    }
};

bool sleep_when_idle() {
    return false;
}

TEST(EventLoop, CallsTheHandlerOfAReadableDescriptor) {
    auto loop = std::move(*EventLoop::create());
    Pipe pipe;
    pipe.fill();
    ASSERT_TRUE(loop.add(pipe.read.get(), [&] {
        pipe.drain();
        loop.stop();
    }));
    ASSERT_TRUE(loop.run(sleep_when_idle));
}

TEST(EventLoop, WhoWaitsToWriteIsCalledWhenThereIsRoom) {
    auto loop = std::move(*EventLoop::create());
    Pipe pipe;
    bool written = false;
    const auto write = [&] {
        written = true;
        loop.stop();
    };
    ASSERT_FALSE(loop.wait_to_write(pipe.write.get())) << "nobody added it";
    ASSERT_TRUE(loop.add(pipe.write.get(), write));
    ASSERT_TRUE(loop.wait_to_write(pipe.write.get()));
    ASSERT_TRUE(loop.run(sleep_when_idle));
    EXPECT_TRUE(written);
}

TEST(EventLoop, AHandlerMayRemoveItselfAndAnotherThatIsReadyToo) {
    auto loop = std::move(*EventLoop::create());
    Pipe first, second, last;
    first.fill();
    second.fill();
    int calls = 0;
    const auto remove_both = [&] {
        ++calls;
        loop.remove(first.read.get());
        loop.remove(second.read.get());
        last.fill();
    };
    ASSERT_TRUE(loop.add(first.read.get(), remove_both));
    ASSERT_TRUE(loop.add(second.read.get(), remove_both));
    ASSERT_TRUE(loop.add(last.read.get(), [&] { loop.stop(); }));
    ASSERT_TRUE(loop.run(sleep_when_idle));
    EXPECT_EQ(calls, 1);
}

TEST(EventLoop, AnEventOfARemovedDescriptorIsNotGivenToItsSuccessor) {
    auto loop = std::move(*EventLoop::create());
    Pipe first, second, quiet, last;
    first.fill();
    second.fill();
    int strays = 0;
    bool done = false;
    // Whichever is called first puts the quiet pipe in the other's place, while the other's event is at hand.
    const auto replace = [&](const Pipe& self, Pipe& other) {
        if (std::exchange(done, true)) return;
        self.drain();
        loop.remove(other.read.get());
        ASSERT_EQ(::dup2(quiet.read.get(), other.read.get()), other.read.get());
        ASSERT_TRUE(loop.add(other.read.get(), [&] { ++strays; }));
        last.fill();
    };
    ASSERT_TRUE(loop.add(first.read.get(), [&] { replace(first, second); }));
    ASSERT_TRUE(loop.add(second.read.get(), [&] { replace(second, first); }));
    ASSERT_TRUE(loop.add(last.read.get(), [&] { loop.stop(); }));
    ASSERT_TRUE(loop.run(sleep_when_idle));
    EXPECT_EQ(strays, 0);
}

TEST(EventLoop, TimersRepeat) {
    auto loop = std::move(*EventLoop::create());
    int calls = 0;
    ASSERT_TRUE(loop.every(std::chrono::milliseconds(1), [&] {
        if (++calls == 3) loop.stop();
    }));
    ASSERT_TRUE(loop.run(sleep_when_idle));
    EXPECT_EQ(calls, 3);
}

TEST(EventLoop, SignalsArriveAsCalls) {
    auto loop = std::move(*EventLoop::create());
    int seen = 0;
    ASSERT_TRUE(loop.on_signals({SIGUSR1}, [&](int signal) {
        seen = signal;
        loop.stop();
    }));
    ASSERT_EQ(::raise(SIGUSR1), 0);
    ASSERT_TRUE(loop.run(sleep_when_idle));
    EXPECT_EQ(seen, SIGUSR1);
}

TEST(EventLoop, IdleWorkGoesOnWithoutEventsUntilItIsDone) {
    auto loop = std::move(*EventLoop::create());
    int work = 0;
    ASSERT_TRUE(loop.run([&] {
        if (++work == 5) loop.stop();
        return true;
    }));
    EXPECT_EQ(work, 5);
}

}  // namespace
}  // namespace modelward::agent
