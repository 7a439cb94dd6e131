// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/rpm_header.h"

#include <gtest/gtest.h>

#include "agent/sensor/testing/rpm_header_bytes.h"

namespace modelward::agent {
namespace {

using testing::big_endian;
using testing::rpm_header;
using testing::rpm_header_of;
using Files = std::vector<std::string>;
using namespace std::string_literals;

ErrorCode refused(const std::string& header) {
    const auto files = files_of_rpm_header(header);
    return files ? ErrorCode::kInternal : files.error().code();
}

TEST(RpmHeader, FilesAreFoldersAndNamesPutTogether) {
    EXPECT_EQ(files_of_rpm_header(rpm_header_of("/usr/bin/", {"tool", "other"})),
              Files({"/usr/bin/tool", "/usr/bin/other"}));
    // The tags in any order, each file with a folder of its own.
    EXPECT_EQ(files_of_rpm_header(rpm_header({{1118, 8, 2, "/a/\0/b/\0"s},
                                              {1117, 8, 3, "x\0y\0z\0"s},
                                              {1116, 4, 3, big_endian(1) + big_endian(0) + big_endian(1)}})),
              Files({"/b/x", "/a/y", "/b/z"}));
}

TEST(RpmHeader, APackageMayHaveNoFiles) {
    EXPECT_EQ(files_of_rpm_header(rpm_header({})), Files());
    EXPECT_EQ(files_of_rpm_header(rpm_header({{1000, 6, 1, "pack\0"s}})), Files());
}

TEST(RpmHeader, EveryLengthIsChecked) {
    const auto whole = rpm_header_of("/usr/bin/", {"tool", "other"});
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_EQ(refused(whole.substr(0, length)), ErrorCode::kInvalid) << length;
    EXPECT_EQ(refused(whole + "x"), ErrorCode::kInvalid);
}

TEST(RpmHeader, NothingIsReadOutsideTheData) {
    const auto indexes = big_endian(0);
    // A name without an end, more names than there are, an index beyond the folders, indexes beyond the data.
    EXPECT_EQ(refused(rpm_header({{1116, 4, 1, indexes}, {1118, 8, 1, "/a/\0"s}, {1117, 8, 1, "x"}})),
              ErrorCode::kInvalid);
    EXPECT_EQ(refused(rpm_header({{1116, 4, 1, indexes}, {1118, 8, 1, "/a/\0"s}, {1117, 8, 9, "x\0"s}})),
              ErrorCode::kInvalid);
    EXPECT_EQ(
        refused(rpm_header({{1116, 4, 1, big_endian(1)}, {1117, 8, 1, "x\0"s}, {1118, 8, 1, "/a/\0"s}})),
        ErrorCode::kInvalid);
    EXPECT_EQ(refused(rpm_header({{1117, 8, 1, "x\0"s}, {1118, 8, 1, "/a/\0"s}, {1116, 4, 1, "abc"}})),
              ErrorCode::kInvalid);
    EXPECT_EQ(refused(rpm_header({{1117, 8, 1, "x\0"s}, {1118, 8, 1, "/a/\0"s}})), ErrorCode::kInvalid)
        << "no indexes";
    // An offset beyond the data.
    auto outside = rpm_header({{1117, 8, 1, "x\0"s}});
    outside.replace(8 + 8, 4, big_endian(3));
    EXPECT_EQ(refused(outside), ErrorCode::kInvalid);
}

TEST(RpmHeader, ListsOfFilesHaveTheirType) {
    EXPECT_EQ(refused(rpm_header({{1117, 6, 1, "x\0"s}})), ErrorCode::kInvalid);
    EXPECT_EQ(refused(rpm_header({{1116, 3, 1, "\0\0"s}})), ErrorCode::kInvalid);
}

TEST(RpmHeader, LimitsAreErrors) {
    EXPECT_EQ(refused(big_endian(kMostRpmEntries + 1) + big_endian(0)), ErrorCode::kLimit);
    EXPECT_EQ(refused(rpm_header({{1117, 8, kMostRpmFiles + 1, "x\0"s}})), ErrorCode::kLimit);
    EXPECT_EQ(refused(rpm_header_of(std::string(1U << 20, 'a'), std::vector<std::string>(257, ""))),
              ErrorCode::kLimit)
        << "one folder's name before many files";
    EXPECT_EQ(files_of_rpm_header(std::string_view("x", kMostRpmHeader + 1)).error().code(),
              ErrorCode::kLimit)
        << "looked at by its size alone";
}

}  // namespace
}  // namespace modelward::agent
