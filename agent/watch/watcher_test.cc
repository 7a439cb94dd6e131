// SPDX-License-Identifier: Apache-2.0
#include "agent/watch/watcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

struct WatcherTest : ::testing::Test {
    TemporaryDirectory directory;
    EventLoop loop = std::move(*EventLoop::create());
    std::vector<std::string> found, written;
    Watcher watcher{loop,
                    {[this](const fs::path& path, const struct stat&) { found.push_back(path.filename()); },
                     [this](const fs::path& path) {
                         written.push_back(path.filename());
                         loop.stop();
                     }}};
    void walk_to_the_end() {
        while (watcher.step()) {
        }
    }
};

TEST_F(WatcherTest, WalksAllTreesAndAgainWhenAsked) {
    directory.write("one/a", "x");
    directory.write("two/b", "x");
    watcher.set_trees({directory.path() / "one", directory.path() / "two"});
    EXPECT_TRUE(watcher.walking());
    walk_to_the_end();
    EXPECT_FALSE(watcher.walking());
    EXPECT_THAT(found, UnorderedElementsAre("a", "b"));
    watcher.walk();
    walk_to_the_end();
    EXPECT_THAT(found, UnorderedElementsAre("a", "b", "a", "b"));
    EXPECT_TRUE(watcher.problems().empty());
}

TEST_F(WatcherTest, HearsOfWrittenFilesBetweenTheWalks) {
    fs::create_directory(directory.path() / "tree");
    watcher.set_trees({directory.path() / "tree"});
    walk_to_the_end();
    directory.write("tree/new", "x");
    ASSERT_TRUE(loop.run([] { return false; }));
    EXPECT_THAT(written, ElementsAre("new"));
}

TEST_F(WatcherTest, AMissingTreeIsAProblemUntilItIsThere) {
    watcher.set_trees({directory.path() / "late"});
    walk_to_the_end();
    EXPECT_THAT(watcher.problems(), ElementsAre(HasSubstr("late: no such directory")));
    directory.write("late/a", "x");
    watcher.walk();
    walk_to_the_end();
    EXPECT_TRUE(watcher.problems().empty());
    EXPECT_THAT(found, ElementsAre("a"));
}

TEST_F(WatcherTest, LocalFileSystemsMountedInsideATreeBelongToIt) {
    fs::create_directories(directory.path() / "tree/user");
    fs::create_directories(directory.path() / "tree/proc");
    // Mounts of this process alone.
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", "", MS_REC | MS_PRIVATE, "") != 0)
        GTEST_SKIP() << "needs the right to mount";
    ASSERT_EQ(::mount("test", (directory.path() / "tree/user").c_str(), "tmpfs", 0, ""), 0);
    ASSERT_EQ(::mount("proc", (directory.path() / "tree/proc").c_str(), "proc", 0, ""), 0);
    directory.write("tree/a", "x");
    directory.write("tree/user/b", "x");
    watcher.set_trees({directory.path() / "tree"});
    walk_to_the_end();
    EXPECT_THAT(found, UnorderedElementsAre("a", "b")) << "and nothing of /proc";
    EXPECT_TRUE(watcher.problems().empty());
    directory.write("tree/user/new", "x");
    ASSERT_TRUE(loop.run([] { return false; }));
    EXPECT_THAT(written, ElementsAre("new"));
    ::umount((directory.path() / "tree/proc").c_str());
    ::umount((directory.path() / "tree/user").c_str());
}

TEST_F(WatcherTest, AWalkAskedForDuringAWalkFollowsIt) {
    directory.write("tree/a", "x");
    watcher.set_trees({directory.path() / "tree"});
    watcher.step();
    watcher.walk();
    watcher.walk();
    walk_to_the_end();
    EXPECT_THAT(found, ElementsAre("a", "a"));
    EXPECT_EQ(watcher.counters().walks, 2u);
}

TEST_F(WatcherTest, WatchingNothingIsSaid) {
    watcher.set_trees({});
    EXPECT_THAT(watcher.problems(), ElementsAre(HasSubstr("No tree is watched")));
    EXPECT_FALSE(watcher.step());
}

}  // namespace
}  // namespace modelward::agent
