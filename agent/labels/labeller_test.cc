// SPDX-License-Identifier: Apache-2.0
// The labeller with the real scanner, on real files, with a sensor that is a map.
#include "agent/labels/labeller.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <random>

#include "agent/scanner/index_file.h"
#include "agent/testing/fake_sensor.h"
#include "base/testing/temporary_directory.h"
#include "fingerprint/fingerprint.h"

namespace modelward::agent {
namespace {

std::string random_bytes(std::size_t size, unsigned seed) {
    std::mt19937_64 random(seed);
    std::string bytes(size, '\0');
    for (auto& c : bytes)
        c = static_cast<char>(random());
    return bytes;
}

std::string log_text() {
    std::string text;
    for (int i = 0; i < 500; ++i)
        text += "step " + std::to_string(i) + ": the loss went down again\n";
    return text;
}

struct LabellerTest : ::testing::Test {
    TemporaryDirectory directory;
    EventLoop loop = std::move(*EventLoop::create());
    FakeSensor sensor;
    std::vector<LabelReport> reports;
    std::string model = random_bytes(400'000, 1);
    int scanners_started = 0;

    std::unique_ptr<Labeller> make(const std::string& program = MODELWARD_SCAN) {
        const std::vector<std::uint8_t> bytes(model.begin(), model.end());
        fingerprint::IndexBuilder builder;
        builder.add(7, *fingerprint::make_fingerprint(fingerprint::MemorySource(bytes)));
        auto index = std::make_shared<UniqueFd>(std::move(*make_index_file(builder)));
        Labeller::Options options;
        options.start_scanner = [this, program, index] {
            ++scanners_started;
            return ScannerProcess::start({program, 65534, 65534}, index->get(),
                                         [](pid_t) -> Result<void> { return {}; });
        };
        options.report = [this](const LabelReport& report) { reports.push_back(report); };
        auto labeller = std::make_unique<Labeller>(loop, sensor, std::move(options));
        Registry registry;
        registry.version = 1;
        registry.artifacts[7] = {
            {7, "id-7", "secret-model", "weights", "restricted"}, 2, rules::ArtifactKind::kWeights};
        labeller->use(registry);
        return labeller;
    }
    void run(Labeller& labeller) {
        labeller.tick(Labeller::Clock::now());
        const auto wait = [&] {
            if (labeller.idle()) loop.stop();
            return false;
        };
        ASSERT_TRUE(loop.run(wait));
    }
    // One that never answered is followed by a pause, which is passed over.
    void let_a_scanner_die(Labeller& labeller) {
        labeller.dispatch(Labeller::Clock::now() + std::chrono::minutes(1));
        if (labeller.waiting() > 0) return;  // it died before it took the file
        const auto before = labeller.scanner_restarts();
        const auto wait = [&] {
            if (labeller.scanner_restarts() > before) loop.stop();
            return false;
        };
        ASSERT_TRUE(loop.run(wait));
    }
    static struct stat status_of(const std::filesystem::path& path) {
        struct stat status{};
        EXPECT_EQ(::stat(path.c_str(), &status), 0);
        return status;
    }
    InodeKey key_of(const std::filesystem::path& path) {
        const UniqueFd fd(::open(path.c_str(), O_RDONLY));
        return FakeSensor::key_of(fd.get());
    }
    const Label* label(const std::filesystem::path& path) {
        const auto found = sensor.labels.find(key_of(path));
        return found == sensor.labels.end() ? nullptr : &found->second;
    }
    void label_by_lineage(Labeller& labeller, const std::filesystem::path& path) {
        sensor.labels[key_of(path)] = {4, 1, LabelOrigin::kDerived, {7}};
        labeller.derived(path, key_of(path));
    }
};

TEST_F(LabellerTest, ARegisteredModelIsRecognisedUnderAnyNameAndLabelled) {
    const auto copy = directory.write("holiday.jpg", model);
    auto labeller = make();
    labeller->found(copy, status_of(copy));
    run(*labeller);
    ASSERT_NE(label(copy), nullptr);
    EXPECT_EQ(label(copy)->origin, LabelOrigin::kConfirmed);
    EXPECT_EQ(label(copy)->classes, 4u);
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].path, copy);
    EXPECT_EQ(reports[0].reason.find("confirmed: content matches 'secret-model'"), 0u) << reports[0].reason;
}

TEST_F(LabellerTest, AnotherFileIsLeftAloneAndNotReadTwice) {
    const auto other = directory.write("other", random_bytes(400'000, 2));
    auto labeller = make();
    labeller->found(other, status_of(other));
    run(*labeller);
    EXPECT_EQ(label(other), nullptr);
    EXPECT_EQ(labeller->counters().scanned, 2u) << "a sample, then all of it";
    labeller->found(other, status_of(other));
    EXPECT_TRUE(labeller->idle()) << "unchanged";
    directory.write("other", model);
    labeller->found(other, status_of(other));
    run(*labeller);
    EXPECT_NE(label(other), nullptr) << "changed";
}

TEST_F(LabellerTest, ADerivedLabelIsClearedFromALog) {
    const auto log = directory.write("train.log", log_text());
    auto labeller = make();
    label_by_lineage(*labeller, log);
    run(*labeller);
    EXPECT_EQ(label(log), nullptr);
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].reason, "cleared: its content is harmless (text)");
    EXPECT_EQ(labeller->derived_waiting(), 0u);
}

TEST_F(LabellerTest, ADerivedLabelStaysOnOpaqueContent) {
    const auto encrypted = directory.write("backup.bin", random_bytes(400'000, 3));
    auto labeller = make();
    label_by_lineage(*labeller, encrypted);
    run(*labeller);
    EXPECT_NE(label(encrypted), nullptr);
    EXPECT_EQ(labeller->derived_waiting(), 0u);
}

TEST_F(LabellerTest, ADerivedLabelStaysWhileSomebodyStillWrites) {
    const auto log = directory.write("train.log", log_text());
    auto labeller = make();
    {
        const UniqueFd writer(::open(log.c_str(), O_WRONLY | O_APPEND));
        label_by_lineage(*labeller, log);
        run(*labeller);
        EXPECT_NE(label(log), nullptr);
        EXPECT_EQ(labeller->derived_waiting(), 1u);
    }
    labeller->written(log);
    run(*labeller);
    EXPECT_EQ(label(log), nullptr);
}

TEST_F(LabellerTest, AWriterWhoComesDuringTheClearingBringsTheLabelBack) {
    const auto log = directory.write("train.log", log_text());
    auto labeller = make();
    UniqueFd writer;
    sensor.after_clear = [&] { writer.reset(::open(log.c_str(), O_WRONLY | O_APPEND)); };
    label_by_lineage(*labeller, log);
    run(*labeller);
    EXPECT_NE(label(log), nullptr);
    EXPECT_EQ(labeller->counters().cleared, 0u);
}

TEST_F(LabellerTest, ADerivedCopyOfTheModelIsConfirmed) {
    const auto copy = directory.write("copy", model);
    auto labeller = make();
    label_by_lineage(*labeller, copy);
    run(*labeller);
    EXPECT_EQ(label(copy)->origin, LabelOrigin::kConfirmed);
}

TEST_F(LabellerTest, ADerivedFileThatIsOutOfReachKeepsItsLabelAndIsCounted) {
    auto labeller = make();
    labeller->derived("/nonexistent/in/another/namespace", {1, 2, 3});
    run(*labeller);
    EXPECT_EQ(labeller->counters().unreachable_derived, 1u);
    EXPECT_EQ(labeller->derived_waiting(), 0u);
}

TEST_F(LabellerTest, APathThatLeadsToAnotherFileHereIsOutOfReach) {
    const auto bystander = directory.write("libc.so.6", model);
    auto labeller = make();
    labeller->derived(bystander, {1, 2, 3});  // the path as its writer's mount namespace has it
    run(*labeller);
    EXPECT_EQ(labeller->counters().unreachable_derived, 1u);
    EXPECT_EQ(labeller->counters().scanned, 0u);
    EXPECT_EQ(label(bystander), nullptr);
}

TEST_F(LabellerTest, AFileThatCannotBeOpenedIsCountedAndNamed) {
    const auto there = directory.write("there", model);
    std::filesystem::create_directory_symlink(directory.path(), directory.path() / "link");
    auto labeller = make();
    labeller->found(directory.path() / "link/there", status_of(there));
    labeller->found(directory.path() / "gone", status_of(there));
    run(*labeller);
    EXPECT_EQ(labeller->counters().unopened, 1u) << "one that is gone is no problem";
    EXPECT_NE(labeller->problem().find("link/there: a symbolic link on the way"), std::string::npos);
}

TEST_F(LabellerTest, AFileThatCrashesTheScannerIsReportedOnceAndNotTriedAgain) {
    const auto bomb = directory.write("bomb", log_text());
    auto labeller = make("/bin/false");
    labeller->found(bomb, status_of(bomb));
    let_a_scanner_die(*labeller);
    EXPECT_EQ(labeller->counters().unscannable, 0u) << "a scanner that never answered may be at fault itself";
    EXPECT_EQ(labeller->waiting(), 1u);
    EXPECT_FALSE(labeller->problem().empty());
    for (int i = 0; i < 50 && labeller->counters().unscannable == 0; ++i)
        let_a_scanner_die(*labeller);
    EXPECT_EQ(labeller->counters().unscannable, 1u);
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].reason.find("could not be scanned: "), 0u);
    labeller->found(bomb, status_of(bomb));
    EXPECT_TRUE(labeller->idle());
}

TEST_F(LabellerTest, AScanThatABundleOvertookIsDoneAgain) {
    const auto copy = directory.write("copy", log_text());
    auto labeller = make();
    labeller->found(copy, status_of(copy));
    labeller->tick(Labeller::Clock::now());  // under way
    Registry next;
    next.version = 2;
    next.artifacts[8] = {{8, "id-8", "another", "weights", "restricted"}, 2, rules::ArtifactKind::kWeights};
    labeller->use(next);
    run(*labeller);
    EXPECT_EQ(labeller->counters().scanned, 2u);
}

TEST_F(LabellerTest, AScannerThatCannotBeStartedIsAProblemThatIsToldAndTheFileWaits) {
    const auto file = directory.write("file", model);
    auto labeller = make("/nonexistent/modelward-scan");
    labeller->found(file, status_of(file));
    labeller->tick(Labeller::Clock::now());
    EXPECT_FALSE(labeller->problem().empty());
    EXPECT_EQ(labeller->waiting(), 1u);
}

TEST(ScanQueue, UrgentFilesComeFirstAndEachFileOnce) {
    ScanQueue queue;
    queue.push("/a", false);
    queue.push("/b", false);
    queue.push("/a", false);
    queue.push("/b", true);
    EXPECT_EQ(queue.size(), 2u);
    EXPECT_EQ(queue.pop(), "/b");
    EXPECT_EQ(queue.pop(), "/a");
    EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(ScanQueue, AnUrgentFileThatIsPushedAgainAndAgainWaitsOnce) {
    ScanQueue queue;
    for (int i = 0; i < 100; ++i)
        queue.push("/a", true);
    EXPECT_EQ(queue.pop(), "/a");
    EXPECT_EQ(queue.pop(), std::nullopt);
    queue.push("/a", true);
    queue.push("/b", false);
    queue.clear_normal();
    EXPECT_EQ(queue.size(), 1u);
    EXPECT_EQ(queue.pop(), "/a");
}

TEST(DerivedFiles, ComeBackWithGrowingPausesUntilDone) {
    DerivedFiles files;
    const DerivedFiles::Clock::time_point start{};
    ASSERT_TRUE(files.add("/a", {1, 2, 3}, start));
    EXPECT_EQ(files.due(start).size(), 1u);
    EXPECT_TRUE(files.due(start).empty());
    EXPECT_EQ(files.due(start + std::chrono::seconds(1)).size(), 1u);
    EXPECT_TRUE(files.due(start + std::chrono::seconds(2)).empty());
    EXPECT_EQ(files.due(start + std::chrono::seconds(3)).size(), 1u);
    files.done("/a");
    EXPECT_TRUE(files.due(start + std::chrono::hours(1)).empty());
}

}  // namespace
}  // namespace modelward::agent
