// SPDX-License-Identifier: Apache-2.0
#include "base/tree_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/testing/temporary_directory.h"

namespace modelward {
namespace {

namespace fs = std::filesystem;
using testing::UnorderedElementsAre;

std::vector<std::string> files_below(const fs::path& root, std::size_t step = 1000) {
    auto walk = TreeWalk::start(root);
    EXPECT_TRUE(walk) << walk.error().message();
    std::vector<std::string> files;
    while (walk->step(step, [&](const fs::path& path, const struct stat&) {
        files.push_back(path.lexically_relative(walk->root()).string());
    })) {
    }
    return files;
}

struct TreeWalkTest : testing::Test {
    TemporaryDirectory directory;
};

TEST_F(TreeWalkTest, FindsEveryRegularFileHoweverSmallTheSteps) {
    for (const auto* name : {"a", "b/c", "b/d/e", "b/d/f"})
        directory.write(name, "x");
    fs::create_directory(directory.path() / "empty");
    for (const std::size_t step : {1u, 2u, 1000u})
        EXPECT_THAT(files_below(directory.path(), step), UnorderedElementsAre("a", "b/c", "b/d/e", "b/d/f"));
}

TEST_F(TreeWalkTest, LinksAndSpecialFilesAreNotVisited) {
    directory.write("tree/a", "x");
    directory.write("outside/b", "x");
    fs::create_symlink(directory.path() / "outside/b", directory.path() / "tree/link");
    fs::create_directory_symlink(directory.path() / "outside", directory.path() / "tree/linked");
    fs::create_directory_symlink("..", directory.path() / "tree/loop");
    ASSERT_EQ(::mkfifo((directory.path() / "tree/pipe").c_str(), 0600), 0);
    EXPECT_THAT(files_below(directory.path() / "tree"), UnorderedElementsAre("a"));
}

TEST_F(TreeWalkTest, ALinkToTheTreeItselfIsResolvedOnce) {
    directory.write("tree/a", "x");
    fs::create_directory_symlink(directory.path() / "tree", directory.path() / "models");
    EXPECT_THAT(files_below(directory.path() / "models"), UnorderedElementsAre("a"));
}

TEST_F(TreeWalkTest, DirectoriesBeyondTheLimitAreCountedNotEntered) {
    fs::path deep = directory.path();
    for (std::size_t i = 0; i < kMaxDepth + 5; ++i)
        deep /= "d";
    fs::create_directories(deep);
    auto walk = TreeWalk::start(directory.path());
    while (walk->step(10, [](const fs::path&, const struct stat&) {})) {
    }
    EXPECT_EQ(walk->skipped(), 1u);
}

TEST_F(TreeWalkTest, AMissingTreeOrAFileIsAClearError) {
    EXPECT_EQ(TreeWalk::start(directory.path() / "absent").error().code(), ErrorCode::kNotFound);
    EXPECT_EQ(TreeWalk::start(directory.write("file", "x")).error().code(), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace modelward
