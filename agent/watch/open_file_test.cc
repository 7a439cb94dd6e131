// SPDX-License-Identifier: Apache-2.0
#include "agent/watch/open_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

namespace fs = std::filesystem;

struct OpenFileTest : ::testing::Test {
    TemporaryDirectory directory;
    fs::path file = directory.write("tree/file", "content");
    static ErrorCode refusal(const fs::path& path) {
        const auto opened = open_file(path);
        return opened ? ErrorCode::kInternal : opened.error().code();
    }
};

TEST_F(OpenFileTest, ARegularFileIsOpenedForReading) {
    auto opened = open_file(file);
    ASSERT_TRUE(opened) << opened.error().message();
    char byte = 0;
    EXPECT_EQ(::pread(opened->fd.get(), &byte, 1, 0), 1);
    EXPECT_EQ(byte, 'c');
    EXPECT_EQ(opened->stamp.size, 7u);
}

TEST_F(OpenFileTest, LinksAreNeverFollowed) {
    fs::create_symlink(file, directory.path() / "link");
    fs::create_directory_symlink(directory.path() / "tree", directory.path() / "linked-tree");
    EXPECT_EQ(refusal(directory.path() / "link"), ErrorCode::kUnsupported);
    EXPECT_EQ(refusal(directory.path() / "linked-tree/file"), ErrorCode::kUnsupported);
}

TEST_F(OpenFileTest, OnlyRegularFilesAreOpened) {
    ASSERT_EQ(::mkfifo((directory.path() / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(refusal(directory.path() / "pipe"), ErrorCode::kUnsupported);
    EXPECT_EQ(refusal(directory.path()), ErrorCode::kUnsupported);
    EXPECT_EQ(refusal("/dev/null"), ErrorCode::kUnsupported);
    EXPECT_EQ(refusal(directory.path() / "absent"), ErrorCode::kNotFound);
}

TEST_F(OpenFileTest, TheStampChangesWithTheContent) {
    const auto before = open_file(file)->stamp;
    EXPECT_EQ(open_file(file)->stamp, before);
    directory.write("tree/file", "content!");
    EXPECT_NE(open_file(file)->stamp, before);
}

}  // namespace
}  // namespace modelward::agent
