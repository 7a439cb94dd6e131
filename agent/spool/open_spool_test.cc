// SPDX-License-Identifier: Apache-2.0
#include "agent/spool/open_spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/labels/label_archive.h"
#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

using testing::HasSubstr;

struct OpenSpoolTest : ::testing::Test {
    TemporaryDirectory directory;
    SpoolPlace place{
        directory.path() / "state", directory.path() / "run", {64 << 20, 1 << 20}, "boot-1", false};

    OpenSpoolTest() { std::filesystem::create_directory(place.state_dir); }

    static std::vector<std::string> waiting(Spool& spool) {
        std::vector<std::string> all;
        const auto events = spool.read(1000).value();
        for (const auto& event : events)
            all.push_back(event.reason());
        return all;
    }
    static wire::Event event(const std::string& reason) {
        wire::Event event;
        event.set_kind(wire::EVENT_KIND_AGENT);
        event.set_reason(reason);
        return event;
    }
};

TEST_F(OpenSpoolTest, LiesInTheStateFolder) {
    const auto opened = open_spool(place);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->problem, "");
    EXPECT_TRUE(std::filesystem::exists(place.state_dir / "spool.db"));
    EXPECT_FALSE(std::filesystem::exists(place.run_dir));
}

TEST_F(OpenSpoolTest, ADamagedFileMovesItToMemoryAndSaysWhatToDo) {
    directory.write("state/spool.db", std::string(8192, 'x'));
    auto opened = open_spool(place);
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_THAT(opened->problem, HasSubstr("in memory only"));
    EXPECT_THAT(opened->problem, HasSubstr("state/spool.db"));
    EXPECT_TRUE(opened->spool.append(event("a")));
}

TEST_F(OpenSpoolTest, ADiskThatTakesNoNewEpochMovesItToMemory) {
    {
        auto spool = open_spool(place);
        ASSERT_TRUE(spool);
        // Whatever the reason why SQLite cannot write.
        ASSERT_TRUE(
            spool->spool.database().script("CREATE TRIGGER full BEFORE INSERT ON meta BEGIN "
                                           "SELECT RAISE(ABORT, 'database or disk is full'); END"));
    }
    place.boot_id = "boot-2";
    const auto opened = open_spool(place);
    ASSERT_TRUE(opened);
    EXPECT_THAT(opened->problem, HasSubstr("disk is full"));
}

TEST_F(OpenSpoolTest, WhatWaitedInMemoryIsTakenOverInOrderOnceTheDiskIsInOrder) {
    directory.write("state/spool.db", std::string(8192, 'x'));
    {
        auto opened = open_spool(place);
        ASSERT_TRUE(opened);
        for (int i = 0; i < 600; ++i)
            ASSERT_TRUE(opened->spool.append(event(std::to_string(i))));
    }
    std::filesystem::remove(place.state_dir / "spool.db");
    auto opened = open_spool(place);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->problem, "");
    const auto all = waiting(opened->spool);
    ASSERT_EQ(all.size(), 600u);
    EXPECT_EQ(all.front(), "0");
    EXPECT_EQ(all.back(), "599");
    EXPECT_FALSE(std::filesystem::exists(place.run_dir / "spool.db"));
}

TEST_F(OpenSpoolTest, LabelsRememberedInMemoryAreTakenOverToo) {
    directory.write("state/spool.db", std::string(8192, 'x'));
    const ArchivedFile file{5, 6};
    {
        auto opened = open_spool(place);
        ASSERT_TRUE(opened);
        auto archive = LabelArchive::open(opened->spool.database());
        ASSERT_TRUE(archive);
        ASSERT_TRUE(archive->remember(file, "/srv/encrypted", {4, 1, LabelOrigin::kDerived, {7}}));
    }
    std::filesystem::remove(place.state_dir / "spool.db");
    auto opened = open_spool(place);
    ASSERT_TRUE(opened);
    ASSERT_EQ(opened->problem, "");
    const auto archive = LabelArchive::open(opened->spool.database());
    ASSERT_TRUE(archive);
    ASSERT_NE(archive->find(file), nullptr);
    EXPECT_EQ(archive->find(file)->path, "/srv/encrypted");
}

TEST_F(OpenSpoolTest, WithoutAnyPlaceTheErrorNamesBoth) {
    directory.write("state/spool.db", std::string(8192, 'x'));
    directory.write("run", "not a folder");
    const auto opened = open_spool(place);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message(), HasSubstr("state/spool.db"));
    EXPECT_THAT(opened.error().message(), HasSubstr("run/spool.db"));
}

}  // namespace
}  // namespace modelward::agent
