// SPDX-License-Identifier: Apache-2.0
#include "base/first_line.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"

namespace modelward {
namespace {

TEST(FirstLine, IsWhatStandsBeforeTheFirstEnd) {
    const TemporaryDirectory directory;
    directory.write("two", "8:1\nmore\n");
    directory.write("endless", "8:1");
    EXPECT_EQ(first_line(directory.path() / "two"), "8:1");
    EXPECT_EQ(first_line(directory.path() / "endless"), "8:1");
    EXPECT_EQ(first_line(directory.path() / "absent"), "");
    EXPECT_EQ(first_line(directory.path()), "");
}

TEST(FirstLine, IsCutWhereNobodyWouldReadOn) {
    const TemporaryDirectory directory;
    directory.write("long", std::string(2 * kLongestFirstLine, 'x'));
    EXPECT_EQ(first_line(directory.path() / "long").size(), kLongestFirstLine);
}

}  // namespace
}  // namespace modelward
