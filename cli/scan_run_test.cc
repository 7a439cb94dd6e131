// SPDX-License-Identifier: Apache-2.0
// Whole runs, with the real modelward-scan in its sandbox.
#include "cli/scan_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/testing/temporary_directory.h"
#include "fingerprint/testing/index_of.h"
#include "fingerprint/testing/model_files.h"
#include "fingerprint/testing/small_models.h"

namespace modelward::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;
using fingerprint::Depth;
using fingerprint::testing::Bytes;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class ScanRunTest : public ::testing::Test {
  protected:
    ScanRunTest() { fs::create_directory(tree_); }
    void put(const std::string& name, const Bytes& bytes) const {
        fs::create_directories((tree_ / name).parent_path());
        std::ofstream(tree_ / name, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
    Result<ScannerChild> scanner(const fs::path& program = MODELWARD_SCAN) const {
        const auto file = index_.file();
        UniqueFd fd(::memfd_create("index", MFD_CLOEXEC));
        EXPECT_EQ(::write(fd.get(), file.data(), file.size()), static_cast<ssize_t>(file.size()));
        return ScannerChild::start(program, std::move(fd));
    }
    Result<ScanTotals> run_with(ScannerChild& child, const std::vector<std::string>& paths, Depth depth,
                                ScanMemory* memory, const std::vector<std::string>& names) {
        told_.clear();
        reports_.clear();
        ScanRun run(
            child, names, memory,
            [&](const MatchReport& report) {
                told_.push_back(fs::path(report.file).filename().string());
                reports_.push_back(report);
                if (stop_after_ != 0 && told_.size() == stop_after_) stop_ = 1;
                if (hangs_up_) child.hang_up();
            },
            [](const ScanTotals&, std::uint64_t) {}, stop_);
        return run.run(paths, depth);
    }
    ScanTotals run(Depth depth = Depth::kFull, ScanMemory* memory = nullptr) {
        auto child = scanner().value();
        return run_with(child, {tree_.string()}, depth, memory, names_).value();
    }

    TemporaryDirectory temporary_;
    const fs::path tree_ = temporary_.path() / "tree";
    const Bytes model_ = fingerprint::testing::small_safetensors(1);
    fingerprint::Index index_ = fingerprint::testing::index_of(
        {{0, fingerprint::make_fingerprint(fingerprint::MemorySource(model_)).value()}});
    std::vector<std::string> names_{"the model"};
    volatile std::sig_atomic_t stop_ = 0;
    std::size_t stop_after_ = 0;     // reports; 0: never
    bool hangs_up_ = false;          // after each report
    std::vector<std::string> told_;  // names of files, in order
    std::vector<MatchReport> reports_;
};

Bytes large_file_with(const Bytes& inside) {
    Bytes bytes = fingerprint::testing::noise_bytes(5, 3 << 20);
    std::ranges::copy(inside, bytes.begin() + 1'000'000);
    return bytes;
}

TEST_F(ScanRunTest, FindsModelsWhateverTheyAreCalledAndHoweverTheyWereConverted) {
    put("model.safetensors", model_);
    put("deep/down/holiday.jpg", fingerprint::testing::small_gguf_q8_0(1));
    put("other.safetensors", fingerprint::testing::small_safetensors(2));
    put("empty", {});
    fs::create_symlink(tree_ / "model.safetensors", tree_ / "link");
    const ScanTotals totals = run();
    EXPECT_THAT(told_, UnorderedElementsAre("model.safetensors", "holiday.jpg"));
    EXPECT_EQ(totals.files, 3U);
    EXPECT_EQ(totals.found, 2U);
    EXPECT_TRUE(totals.looked_at_all());
    for (const MatchReport& report : reports_) {
        EXPECT_EQ(report.artifact, "the model");
        EXPECT_EQ(report.verdict, Verdict::kMatch);
        EXPECT_LT(report.p_accident, 1e-30);
        EXPECT_GT(report.bytes_read, 0U);
    }
}

// The model's matrices as TensorFlow.js stores quantised ones: codes, which by themselves say nothing.
Bytes codes() {
    Bytes all;
    for (std::uint64_t layer = 0; layer < fingerprint::testing::kSmallMatrices; ++layer) {
        const auto matrix = fingerprint::testing::small_matrix(1, layer).values;
        const auto [least, most] = std::ranges::minmax(matrix);
        for (const float value : matrix)
            all.push_back(static_cast<std::uint8_t>((value - least) / (most - least) * 255));
    }
    return all;
}

Bytes manifest_of(const std::string& file) {
    std::string weights;
    for (std::uint64_t layer = 0; layer < fingerprint::testing::kSmallMatrices; ++layer) {
        const auto matrix = fingerprint::testing::small_matrix(1, layer);
        weights += (layer == 0 ? "" : ",") + R"({"name": "w)"s + std::to_string(layer) +
                   R"(", "dtype": "float32", "shape": [)" + std::to_string(matrix.rows) + "," +
                   std::to_string(matrix.columns) +
                   R"(], "quantization": {"dtype": "uint8", "min": -1, "scale": 0.1}})";
    }
    const std::string json = R"([{"paths": [")" + file + R"("], "weights": [)" + weights + "]}]";
    return {json.begin(), json.end()};
}

TEST_F(ScanRunTest, LooksAtAHeaderTogetherWithTheFilesItNames) {
    put("model.json", manifest_of("codes.bin"));
    put("codes.bin", codes());
    for (const Depth depth : {Depth::kSampled, Depth::kFull}) {
        const ScanTotals totals = run(depth);
        EXPECT_THAT(told_, ElementsAre("model.json"));
        EXPECT_EQ(reports_.at(0).format, "tensorflow.js");
        EXPECT_GT(reports_.at(0).share, 0.9);
        EXPECT_EQ(totals.found, 1U);
        EXPECT_TRUE(totals.looked_at_all());
    }
}

TEST_F(ScanRunTest, AHeaderThatLacksItsFilesIsLookedAtByItself) {
    put("model.json", manifest_of("codes.bin"));
    put("elsewhere/codes.bin", codes());
    fs::create_symlink(tree_ / "elsewhere/codes.bin",
                       tree_ / "codes.bin");  // not followed: it may lead anywhere
    EXPECT_TRUE(run().looked_at_all());
    EXPECT_THAT(told_, ::testing::IsEmpty());
}

// What a file's content names may be anything: a FIFO would wait, a device may do what it likes.
TEST_F(ScanRunTest, OnlyRegularFilesAreOpenedForAHeader) {
    put("model.json", manifest_of("codes.bin"));
    const std::string fifo = (tree_ / "codes.bin").string();
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    const UniqueFd watch(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    ASSERT_GE(::inotify_add_watch(watch.get(), fifo.c_str(), IN_OPEN), 0);
    EXPECT_TRUE(run().looked_at_all());
    EXPECT_THAT(told_, ::testing::IsEmpty());
    inotify_event opened{};
    EXPECT_EQ(::read(watch.get(), &opened, sizeof opened), -1) << "it was opened";
}

TEST_F(ScanRunTest, AHeaderOfWhichSomeFilesAreMissingIsSeenInPart) {
    const Bytes shard = fingerprint::testing::small_safetensors(2);
    const std::string index = R"({"weight_map": {"a": "1.safetensors", "b": "2.safetensors"}})";
    put("model.safetensors.index.json", {index.begin(), index.end()});
    put("1.safetensors", shard);
    EXPECT_EQ(run().partly, 1U);
    EXPECT_THAT(told_, ElementsAre("model.safetensors.index.json"));
    EXPECT_THAT(reports_.at(0).unseen, ElementsAre("missing files"));
}

TEST_F(ScanRunTest, AHeaderIsLookedAtAgainWhenItsFilesCome) {
    put("model.json", manifest_of("codes.bin"));
    put("other", fingerprint::testing::small_safetensors(2));
    auto memory = ScanMemory::open((temporary_.path() / "state").string(), "index").value();
    EXPECT_EQ(run(Depth::kFull, &memory).unchanged, 0U);
    EXPECT_EQ(run(Depth::kFull, &memory).unchanged, 2U);
    put("codes.bin", codes());
    EXPECT_EQ(run(Depth::kFull, &memory).unchanged, 1U);
    EXPECT_THAT(told_, ElementsAre("model.json"));
}

TEST_F(ScanRunTest, APublicModelBesideAHeaderDoesNotHideWhatItHolds) {
    using fingerprint::testing::small_safetensors;
    const Bytes of_public = small_safetensors(2);
    index_ = fingerprint::testing::index_of(
        {{0, fingerprint::make_fingerprint(fingerprint::MemorySource(model_)).value()}},
        {{1, fingerprint::make_fingerprint(fingerprint::MemorySource(of_public)).value()}});
    names_ = {"the model", "a public one"};
    Bytes header = fingerprint::testing::GgufWriter()
                       .u64(1)
                       .u64(0)
                       .info("a", {24}, 0, 0)
                       .align()
                       .data(fingerprint::testing::noise_bytes(1, 96))
                       .bytes();
    put("m-00001-of-00002.gguf", header);
    put("m-00002-of-00002.gguf", of_public);
    EXPECT_EQ(run().found, 0U);
    header.insert(header.end(), model_.begin(), model_.end());
    put("m-00001-of-00002.gguf", header);
    EXPECT_EQ(run().found, 1U);
    EXPECT_THAT(told_, ElementsAre("m-00001-of-00002.gguf"));
    EXPECT_EQ(reports_.at(0).artifact, "the model");
}

TEST_F(ScanRunTest, TheFilesOfAHeaderAreClosedAgain) {
    put("codes.bin", codes());
    for (int i = 0; i < 300; ++i)
        put(std::to_string(i) + ".json", manifest_of("codes.bin"));
    EXPECT_EQ(run().found, 300U);
}

TEST_F(ScanRunTest, LooksAtAllBytesWhereSamplesSayNothing) {
    put("image.raw", large_file_with(model_));
    EXPECT_EQ(run(Depth::kSampled).found, 0U);
    const ScanTotals totals = run();
    EXPECT_THAT(told_, ElementsAre("image.raw"));
    EXPECT_EQ(totals.sampled, 1U);
    EXPECT_EQ(totals.read, 1U);
}

TEST_F(ScanRunTest, LooksAtWhatChangedOnly) {
    put("model", model_);
    put("other", fingerprint::testing::small_safetensors(2));
    put("another", fingerprint::testing::small_safetensors(3));
    auto memory = ScanMemory::open((temporary_.path() / "state").string(), "index").value();
    EXPECT_EQ(run(Depth::kFull, &memory).unchanged, 0U);
    put("another", model_);
    const ScanTotals again = run(Depth::kFull, &memory);
    EXPECT_EQ(again.unchanged, 1U);
    EXPECT_THAT(told_, UnorderedElementsAre("model", "another")) << "what was found is said again";
}

TEST_F(ScanRunTest, ASignalEndsItAndTheNextRunGoesOn) {
    for (int i = 0; i < 20; ++i)
        put("other" + std::to_string(i), fingerprint::testing::small_safetensors(100 + i));
    put("model", model_);
    auto memory = ScanMemory::open((temporary_.path() / "state").string(), "index").value();
    stop_after_ = 1;
    const ScanTotals first = run(Depth::kFull, &memory);
    EXPECT_TRUE(first.stopped);
    EXPECT_FALSE(first.looked_at_all());
    stop_ = 0;
    stop_after_ = 0;
    const ScanTotals second = run(Depth::kFull, &memory);
    EXPECT_EQ(second.files, 21U);
    EXPECT_EQ(second.unchanged + second.read, 21U);
    EXPECT_EQ(second.unchanged, first.read - 1) << "all but the one that was found";
}

TEST_F(ScanRunTest, WhatBreaksItsFormatIsUnscannableAndTheRestIsScanned) {
    Bytes broken = fingerprint::testing::small_safetensors(2);
    broken[7] = 0x10;  // the header is longer than the file
    put("broken.safetensors", broken);
    put("model", model_);
    const ScanTotals totals = run();
    EXPECT_THAT(told_, UnorderedElementsAre("broken.safetensors", "model"));
    EXPECT_EQ(totals.unscannable, 1U);
    EXPECT_FALSE(totals.looked_at_all());
}

TEST_F(ScanRunTest, AFileThatTheScannerDiesOnIsUnscannable) {
    put("model", model_);
    const fs::path program = temporary_.path() / "scanner";
    std::ofstream(program) << "#!/bin/sh\nsleep 1; kill -9 $$\n";
    fs::permissions(program, fs::perms::owner_all);
    auto child = scanner(program).value();
    const auto totals = run_with(child, {tree_.string()}, Depth::kFull, nullptr, names_);
    ASSERT_TRUE(totals.has_value()) << totals.error().message();
    EXPECT_EQ(totals->unscannable, 1U);
    EXPECT_THAT(reports_.at(0).error, ::testing::HasSubstr("the scanner ended over it: signal 9"));
}

// As one does whose processor time is used up.
TEST_F(ScanRunTest, AScannerThatEndsBetweenTwoFilesIsStartedAgain) {
    for (const char* name : {"a", "b", "c"})
        put(name, model_);
    hangs_up_ = true;
    EXPECT_EQ(run().found, 3U);
}

TEST_F(ScanRunTest, ALinkOnTheCommandLineIsFollowed) {
    put("model", model_);
    const fs::path link = temporary_.path() / "link";
    fs::create_symlink(tree_ / "model", link);
    auto child = scanner().value();
    EXPECT_EQ(run_with(child, {link.string()}, Depth::kFull, nullptr, names_)->found, 1U);
}

TEST_F(ScanRunTest, APathThatIsNothingToScanIsAnErrorBeforeAnythingIsLookedAt) {
    put("model", model_);
    auto child = scanner().value();
    for (const fs::path& bad : {tree_ / "missing", fs::path("/dev/null")}) {
        EXPECT_FALSE(run_with(child, {tree_.string(), bad.string()}, Depth::kFull, nullptr, names_)) << bad;
        EXPECT_TRUE(told_.empty());
    }
}

TEST_F(ScanRunTest, AnArtifactThatIsNoneIsNotBelieved) {
    put("model", model_);
    auto child = scanner().value();
    EXPECT_EQ(run_with(child, {tree_.string()}, Depth::kFull, nullptr, {})->unscannable, 1U);
    EXPECT_THAT(reports_.at(0).error, ::testing::HasSubstr("names an artifact that is none"));
}

}  // namespace
}  // namespace modelward::cli
