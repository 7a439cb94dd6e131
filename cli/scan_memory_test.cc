// SPDX-License-Identifier: Apache-2.0
#include "cli/scan_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/testing/temporary_directory.h"

namespace modelward::cli {
namespace {

using ::testing::HasSubstr;

class ScanMemoryTest : public ::testing::Test {
  protected:
    std::string path(const std::string& name = "state") const { return (temporary_.path() / name).string(); }
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
    ASSERT_TRUE(memory.add(file(1)).has_value());
    EXPECT_TRUE(memory.knows(file(1)).value());
    EXPECT_FALSE(memory.knows(file(2)).value());
    EXPECT_FALSE(memory.knows(file(1, 8)).value()) << "it was changed since";
}

TEST_F(ScanMemoryTest, KeepsWhatWasSaved) {
    {
        auto memory = ScanMemory::open(path(), "index 1").value();
        ASSERT_TRUE(memory.add(file(1)).has_value());
        ASSERT_TRUE(memory.save().has_value());
        ASSERT_TRUE(memory.add(file(2)).has_value());  // killed before it is saved
    }
    auto memory = ScanMemory::open(path(), "index 1").value();
    EXPECT_TRUE(memory.knows(file(1)).value());
    EXPECT_FALSE(memory.knows(file(2)).value());
}

TEST_F(ScanMemoryTest, SavesNowAndThenByItself) {
    {
        auto memory = ScanMemory::open(path(), "index 1").value();
        for (ino_t inode = 0; inode < 1000; ++inode)
            ASSERT_TRUE(memory.add(file(inode)).has_value());
    }
    EXPECT_TRUE(ScanMemory::open(path(), "index 1").value().knows(file(500)).value());
}

TEST_F(ScanMemoryTest, ForgetsEverythingForAnotherIndex) {
    {
        auto memory = ScanMemory::open(path(), "index 1").value();
        ASSERT_TRUE(memory.add(file(1)).has_value());
        ASSERT_TRUE(memory.save().has_value());
    }
    EXPECT_FALSE(ScanMemory::open(path(), "index 2").value().knows(file(1)).value());
    EXPECT_FALSE(ScanMemory::open(path(), "index 1").value().knows(file(1)).value());
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
