// SPDX-License-Identifier: Apache-2.0
#include "rules/program_name.h"

#include <gtest/gtest.h>

namespace modelward::rules {
namespace {

TEST(ProgramName, APathAPinnedPathAndAPackage) {
    const std::string hex(64, 'a');
    EXPECT_EQ(parse_program_name("/usr/bin/borg")->path, "/usr/bin/borg");
    EXPECT_EQ(parse_program_name("/usr/bin/borg")->sha256, "");
    const auto pinned = parse_program_name("/usr/bin/borg@sha256:" + hex);
    ASSERT_TRUE(pinned);
    EXPECT_EQ(pinned->path, "/usr/bin/borg");
    EXPECT_EQ(pinned->sha256, hex);
    EXPECT_EQ(parse_program_name("package:borgbackup")->package, "borgbackup");
    EXPECT_EQ(parse_program_name("/opt/a@b/c")->path, "/opt/a@b/c");
}

TEST(ProgramName, NothingElse) {
    for (const std::string text :
         {"", "/", "borg", "/usr//bin/borg", "/usr/../bin/borg", "/usr/bin/", "/usr/bin/..",
          "package:", "package:../../etc/shadow", "package:a/b", "package:-q", "package:a b", "package:a;b",
          "/usr/bin/borg@sha256:", "/usr/bin/borg@sha256:abc", "@sha256:"})
        EXPECT_FALSE(parse_program_name(text)) << text;
    EXPECT_FALSE(parse_program_name("/usr/bin/borg@sha256:" + std::string(64, 'A'))) << "one way of writing";
    EXPECT_FALSE(parse_program_name("/usr/bin/borg@sha256:" + std::string(65, 'a')));
    EXPECT_FALSE(parse_program_name("package:" + std::string(129, 'a')));
}

}  // namespace
}  // namespace modelward::rules
