// SPDX-License-Identifier: Apache-2.0
// With the real modelward-scan, and with other programs in its place that crash or hang.
#include "agent/scanner/scan_lane.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/scanner/index_file.h"
#include "base/testing/temporary_directory.h"
#include "fingerprint/fingerprint.h"

namespace modelward::agent {
namespace {

using Clock = ScanLane::Clock;

struct ScanLaneTest : ::testing::Test {
    TemporaryDirectory directory;
    std::string content = std::string(300'000, 'm') + "odel";
    UniqueFd file{::open(directory.write("file", content).c_str(), O_RDONLY | O_CLOEXEC)};
    EventLoop loop = std::move(*EventLoop::create());
    std::optional<Result<ScanReply>> outcome;
    std::vector<pid_t> started;
    std::uint64_t next_id = 1;

    UniqueFd index() {
        const std::vector<std::uint8_t> bytes(content.begin(), content.end());
        fingerprint::IndexBuilder builder;
        builder.add(7, *fingerprint::make_fingerprint(fingerprint::MemorySource(bytes)));
        return std::move(*make_index_file(builder));
    }
    ScanLane::Start start(const std::string& program) {
        return [this, program, fd = std::make_shared<UniqueFd>(index())] {
            return ScannerProcess::start({program, 65534, 65534}, fd->get(),
                                         [this](pid_t pid) -> Result<void> {
                                             started.push_back(pid);
                                             return {};
                                         });
        };
    }
    ScanLane::Done done() {
        return [this](Result<ScanReply> result) {
            outcome = std::move(result);
            loop.stop();
        };
    }
    Result<ScanReply> scan(ScanLane& lane, fingerprint::Depth depth = fingerprint::Depth::kFull) {
        outcome.reset();
        EXPECT_TRUE(lane.ready(Clock::now())) << lane.problem();
        EXPECT_TRUE(lane.submit({next_id++, depth}, file.get(), Clock::now() + std::chrono::hours(1)));
        EXPECT_TRUE(loop.run([] { return false; }));
        return *outcome;
    }
};

TEST_F(ScanLaneTest, TheRealScannerRecognisesARegisteredFileThroughItsDescriptor) {
    ScanLane lane(loop, start(MODELWARD_SCAN), done());
    for (int again = 0; again < 2; ++again) {
        const auto reply = scan(lane);
        ASSERT_TRUE(reply) << reply.error().message();
        ASSERT_FALSE(reply->failure) << reply->failure->message();
        ASSERT_FALSE(reply->matches.empty());
        EXPECT_EQ(reply->matches[0].artifact, 7u);
    }
    EXPECT_EQ(started.size(), 1u) << "one process for both";
}

TEST_F(ScanLaneTest, ANewProcessTakesOverWhenTheIndexIsReplaced) {
    ScanLane lane(loop, start(MODELWARD_SCAN), done());
    ASSERT_TRUE(scan(lane));
    lane.replace();
    ASSERT_TRUE(scan(lane));
    EXPECT_EQ(started.size(), 2u);
}

TEST_F(ScanLaneTest, ACrashFailsTheFileAndTheNextOneIsScanned) {
    ScanLane lane(loop, start(MODELWARD_SCAN), done());
    ASSERT_TRUE(scan(lane));
    ASSERT_TRUE(lane.ready(Clock::now()));
    ::kill(started.back(), SIGSTOP);
    ASSERT_TRUE(
        lane.submit({50, fingerprint::Depth::kFull}, file.get(), Clock::now() + std::chrono::hours(1)));
    ::kill(started.back(), SIGXCPU);  // one that no sanitizer catches
    ::kill(started.back(), SIGCONT);
    ASSERT_TRUE(loop.run([] { return false; }));
    ASSERT_FALSE(*outcome);
    EXPECT_NE(outcome->error().message().find("signal 24"), std::string::npos) << outcome->error().message();
    ASSERT_TRUE(scan(lane));
    EXPECT_EQ(lane.restarts(), 1u);
}

TEST_F(ScanLaneTest, AScannerThatHangsIsKilledAtTheDeadline) {
    ScanLane lane(loop, start("/bin/sleep"), done());
    const auto now = Clock::now();
    ASSERT_TRUE(lane.ready(now));
    ASSERT_TRUE(lane.submit({1, fingerprint::Depth::kFull}, file.get(), now + std::chrono::seconds(5)));
    lane.tick(now + std::chrono::seconds(4));
    EXPECT_FALSE(outcome);
    lane.tick(now + std::chrono::seconds(5));
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(*outcome);
    EXPECT_EQ(::kill(started.back(), 0), -1) << "no process is left behind";
}

TEST_F(ScanLaneTest, AProgramThatEndsBeforeItAnswersIsNotTriedInATightLoop) {
    ScanLane lane(loop, start("/bin/false"), done());
    ASSERT_TRUE(lane.ready(Clock::now()));
    if (lane.submit({1, fingerprint::Depth::kFull}, file.get(), Clock::now() + std::chrono::hours(1))) {
        ASSERT_TRUE(loop.run([] { return false; }));
        ASSERT_TRUE(outcome);
        EXPECT_FALSE(*outcome);
        EXPECT_TRUE(lane.died_unproven());
        EXPECT_FALSE(lane.ready(Clock::now()));
        EXPECT_NE(lane.problem().find("before it answers"), std::string::npos) << lane.problem();
    }
}

TEST_F(ScanLaneTest, AProcessThatAnsweredBeforeIsProven) {
    ScanLane lane(loop, start(MODELWARD_SCAN), done());
    ASSERT_TRUE(scan(lane));
    ASSERT_TRUE(lane.ready(Clock::now()));
    ::kill(started.back(), SIGSTOP);
    ASSERT_TRUE(
        lane.submit({50, fingerprint::Depth::kFull}, file.get(), Clock::now() + std::chrono::hours(1)));
    ::kill(started.back(), SIGXCPU);
    ::kill(started.back(), SIGCONT);
    ASSERT_TRUE(loop.run([] { return false; }));
    EXPECT_FALSE(lane.died_unproven());
}

TEST_F(ScanLaneTest, AProgramThatIsMissingIsAProblemAndIsTriedAgainLater) {
    ScanLane lane(loop, start("/nonexistent/modelward-scan"), done());
    const auto now = Clock::now();
    EXPECT_FALSE(lane.ready(now));
    EXPECT_NE(lane.problem().find("/nonexistent/modelward-scan"), std::string::npos);
    EXPECT_FALSE(lane.ready(now));
    EXPECT_FALSE(lane.busy());
}

TEST_F(ScanLaneTest, TheIndexIsSealed) {
    const auto fd = index();
    EXPECT_EQ(::ftruncate(fd.get(), 0), -1);
    EXPECT_EQ(::pwrite(fd.get(), "x", 1, 0), -1);
}

TEST_F(ScanLaneTest, ABrokenIndexIsRefused) {
    UniqueFd broken(::memfd_create("broken", MFD_CLOEXEC));
    ASSERT_EQ(::write(broken.get(), "broken", 6), 6);
    EXPECT_FALSE(fingerprint::Index::map(broken.get()));
}

}  // namespace
}  // namespace modelward::agent
