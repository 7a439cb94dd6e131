// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/byte_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <vector>

#include "base/unique_fd.h"

namespace modelward::fingerprint {
namespace {

UniqueFd temporary_file(std::string_view content) {
    std::FILE* file = std::tmpfile();
    UniqueFd fd(::dup(::fileno(file)));
    std::fclose(file);
    EXPECT_EQ(::write(fd.get(), content.data(), content.size()), static_cast<ssize_t>(content.size()));
    return fd;
}

TEST(MemorySource, ReadsInsideOnly) {
    const std::vector<std::uint8_t> bytes{1, 2, 3};
    const MemorySource source(bytes);
    std::vector<std::uint8_t> two(2);
    ASSERT_TRUE(source.read(1, two).has_value());
    EXPECT_EQ(two, (std::vector<std::uint8_t>{2, 3}));
    EXPECT_TRUE(source.read(3, {}).has_value());
    EXPECT_EQ(source.read(2, two).error().code(), ErrorCode::kInvalid);
    EXPECT_EQ(source.read(~std::uint64_t{0}, two).error().code(), ErrorCode::kInvalid);
}

TEST(FileSource, ReadsWithoutMovingTheDescriptor) {
    const UniqueFd fd = temporary_file("model");
    const auto source = FileSource::from_fd(fd.get());
    ASSERT_TRUE(source.has_value());
    EXPECT_EQ(source->size(), 5U);
    std::vector<std::uint8_t> bytes(3);
    ASSERT_TRUE(source->read(2, bytes).has_value());
    EXPECT_EQ(bytes, (std::vector<std::uint8_t>{'d', 'e', 'l'}));
    EXPECT_EQ(::lseek(fd.get(), 0, SEEK_CUR), 5);
}

TEST(FileSource, SaysThatTheFileShrank) {
    const UniqueFd fd = temporary_file("model");
    const auto source = FileSource::from_fd(fd.get());
    ASSERT_EQ(::ftruncate(fd.get(), 2), 0);
    std::vector<std::uint8_t> bytes(5);
    EXPECT_EQ(source->read(0, bytes).error().code(), ErrorCode::kIo);
}

TEST(FileSource, RefusesFoldersAndDevices) {
    for (const char* path : {"/", "/dev/null"}) {
        const UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC));
        EXPECT_EQ(FileSource::from_fd(fd.get()).error().code(), ErrorCode::kInvalid) << path;
    }
}

}  // namespace
}  // namespace modelward::fingerprint
