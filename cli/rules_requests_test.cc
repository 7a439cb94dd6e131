// SPDX-License-Identifier: Apache-2.0
#include "cli/rules_requests.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"

namespace modelward::cli {
namespace {

namespace fs = std::filesystem;
using Files = std::set<std::string>;

class RulesRequests : public ::testing::Test {
  protected:
    RulesRequests() {
        for (const char* name : {"classes.yaml", "a.yaml", "lists/l.yaml"})
            directory_.write(name, "");
    }
    TemporaryDirectory directory_;
    fs::path pack_ = directory_.path();
};

TEST_F(RulesRequests, AFolderIsAWholePackAndAFileAPartOfIts) {
    EXPECT_TRUE(rules_requests({pack_})->at(pack_).whole);
    const auto file = rules_requests({pack_ / "a.yaml"});
    EXPECT_FALSE(file->at(pack_).whole);
    EXPECT_EQ(file->at(pack_).files, Files{"a.yaml"});
}

TEST_F(RulesRequests, AListBelongsToTheFolderAboveLists) {
    const auto lists = rules_requests({pack_ / "lists" / "l.yaml", pack_ / "a.yaml"});
    ASSERT_TRUE(lists);
    ASSERT_EQ(lists->size(), 1U);
    EXPECT_EQ(lists->at(pack_).files, (Files{"a.yaml", "lists/l.yaml"}));
}

TEST_F(RulesRequests, AFolderThatIsOnlyNamedListsIsAPackToo) {
    directory_.write("lists/classes.yaml", "");
    EXPECT_EQ(rules_requests({pack_ / "lists" / "l.yaml"})->at(pack_ / "lists").files, Files{"l.yaml"});
}

TEST_F(RulesRequests, WhatIsNeitherIsRefused) {
    directory_.write("notes.txt", "");
    EXPECT_EQ(rules_requests({pack_ / "notes.txt"}).error().code(), ErrorCode::kInvalid);
    EXPECT_EQ(rules_requests({pack_ / "missing.yaml"}).error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace modelward::cli
