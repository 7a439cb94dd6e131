// SPDX-License-Identifier: Apache-2.0
#include "cli/scan_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/testing/temporary_directory.h"

namespace modelward::cli {
namespace {

using ::testing::HasSubstr;

class ScanMemoryTest : public ::testing::Test {
  protected:
    std::string path(const std::string& name = "state") const { return (temporary_.path() / name).string(); }
    std::string folder() const { return temporary_.path().string(); }
    void put(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
    static struct stat file(ino_t inode, long changed = 7) {
        struct stat status{};
        status.st_dev = 3;
        status.st_ino = inode;
        status.st_size = 100;
        status.st_ctim.tv_nsec = changed;
        return status;
    }
    TemporaryDirectory temporary_;
};

TEST_F(ScanMemoryTest, KnowsWhatWasAddedAndNothingElse) {
    auto memory = ScanMemory::open(path(), "index 1").value();
    ASSERT_TRUE(memory.add(file(1), {}).has_value());
    EXPECT_TRUE(memory.knows(file(1), folder()).value());
    EXPECT_FALSE(memory.knows(file(2), folder()).value());
    EXPECT_FALSE(memory.knows(file(1, 8), folder()).value()) << "it was changed since";
}

TEST_F(ScanMemoryTest, AFileIsAnotherOneWhenWhatItNamesChanged) {
    put("shard", "a");
    auto memory = ScanMemory::open(path(), "index 1").value();
    const std::vector<SeenSibling> siblings = {{"shard", file_state(path("shard"))},
                                               {"missing", file_state(path("missing"))}};
    ASSERT_TRUE(memory.add(file(1), siblings).has_value());
    EXPECT_TRUE(memory.knows(file(1), folder()).value());
    EXPECT_FALSE(memory.knows(file(1), folder() + "/..").value()) << "a link to it in another folder";
    put("missing", "a");
    EXPECT_FALSE(memory.knows(file(1), folder()).value()) << "one has come";
    ::unlink(path("missing").c_str());
    EXPECT_TRUE(memory.knows(file(1), folder()).value());
    put("shard", "ab");
    EXPECT_FALSE(memory.knows(file(1), folder()).value()) << "one was written";
    ASSERT_TRUE(memory.add(file(1), {{"shard", file_state(path("shard"))}}).has_value());
    EXPECT_TRUE(memory.knows(file(1), folder()).value());
    put("missing", "a");
    EXPECT_TRUE(memory.knows(file(1), folder()).value()) << "it is no longer named";
}

TEST_F(ScanMemoryTest, WhatIsNoRegularFileHasNoState) {
    EXPECT_EQ(file_state(folder()), "");
    EXPECT_EQ(file_state(path("missing")), "");
    put("file", "a");
    ASSERT_EQ(::symlink("file", path("link").c_str()), 0);
    EXPECT_EQ(file_state(path("link")), "");
    EXPECT_NE(file_state(path("file")), "");
}

TEST_F(ScanMemoryTest, KeepsWhatWasSaved) {
    {
        auto memory = ScanMemory::open(path(), "index 1").value();
        ASSERT_TRUE(memory.add(file(1), {}).has_value());
        ASSERT_TRUE(memory.save().has_value());
        ASSERT_TRUE(memory.add(file(2), {}).has_value());  // killed before it is saved
    }
    auto memory = ScanMemory::open(path(), "index 1").value();
    EXPECT_TRUE(memory.knows(file(1), folder()).value());
    EXPECT_FALSE(memory.knows(file(2), folder()).value());
}

TEST_F(ScanMemoryTest, AScanThatIsKilledLeavesWhatTheNextOneOpens) {
    const pid_t scan = ::fork();
    if (scan == 0) {
        auto memory = ScanMemory::open(path(), "index 1");
        ::_exit(memory && memory->add(file(1), {}) && memory->save() ? 0 : 1);  // nothing is closed
    }
    int status = -1;
    ASSERT_EQ(::waitpid(scan, &status, 0), scan);
    ASSERT_EQ(status, 0);
    auto memory = ScanMemory::open(path(), "index 1");
    ASSERT_TRUE(memory.has_value()) << memory.error().message();
    EXPECT_TRUE(memory->knows(file(1), folder()).value());
}

TEST_F(ScanMemoryTest, SavesNowAndThenByItself) {
    {
        auto memory = ScanMemory::open(path(), "index 1").value();
        for (ino_t inode = 0; inode < 1000; ++inode)
            ASSERT_TRUE(memory.add(file(inode), {}).has_value());
    }
    EXPECT_TRUE(ScanMemory::open(path(), "index 1").value().knows(file(500), folder()).value());
}

TEST_F(ScanMemoryTest, ForgetsEverythingForAnotherIndex) {
    {
        auto memory = ScanMemory::open(path(), "index 1").value();
        ASSERT_TRUE(memory.add(file(1), {}).has_value());
        ASSERT_TRUE(memory.save().has_value());
    }
    EXPECT_FALSE(ScanMemory::open(path(), "index 2").value().knows(file(1), folder()).value());
    EXPECT_FALSE(ScanMemory::open(path(), "index 1").value().knows(file(1), folder()).value());
}

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(ScanMemoryTest, LeavesOtherFilesAsTheyAre) {
    std::ofstream(path("notes")) << std::string(5000, 'x');
    ASSERT_EQ(::sqlite3_initialize(), SQLITE_OK);
    sqlite3* other = nullptr;
    ASSERT_EQ(::sqlite3_open(path("other").c_str(), &other), SQLITE_OK);
    ASSERT_EQ(::sqlite3_exec(other, "CREATE TABLE seen (x)", nullptr, nullptr, nullptr), SQLITE_OK);
    ::sqlite3_close(other);
    for (const char* name : {"notes", "other"}) {
        const std::string before = content_of(path(name));
        const auto refused = ScanMemory::open(path(name), "index 1");
        ASSERT_FALSE(refused.has_value());
        EXPECT_THAT(refused.error().message(), HasSubstr("give another --state"));
        EXPECT_EQ(content_of(path(name)), before) << name;
    }
}

TEST_F(ScanMemoryTest, ServesOneScanAtATime) {
    const auto first = ScanMemory::open(path(), "index 1");
    ASSERT_TRUE(first.has_value());
    const auto second = ScanMemory::open(path(), "index 1");
    ASSERT_FALSE(second.has_value());
    EXPECT_THAT(second.error().message(), HasSubstr("in use by another scan"));
}

}  // namespace
}  // namespace modelward::cli
