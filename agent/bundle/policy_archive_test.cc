// SPDX-License-Identifier: Apache-2.0
#include "agent/bundle/policy_archive.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

rules::CompiledPolicy policy_with(const std::string& title) {
    rules::CompiledPolicy policy;
    policy.classes = {{"public", 0}, {"restricted", 1024}};
    policy.rules.push_back(
        {"id-1", title, rules::Level::kHigh, rules::Action::kBlock, 4096, 0, "Ask SecOps."});
    return policy;
}

struct PolicyArchiveTest : ::testing::Test {
    TemporaryDirectory directory;
    Database database = Database::open(directory.path() / "spool.db", true).value();
    PolicyArchive open() { return std::move(*PolicyArchive::open(database)); }
};

TEST_F(PolicyArchiveTest, OlderVersionsKeepTheirOwnTextsAcrossARestart) {
    {
        auto archive = open();
        ASSERT_TRUE(archive.save(1, policy_with("old"), {}));
        ASSERT_TRUE(archive.save(2, policy_with("new"), {}));
    }
    const auto archive = open();
    EXPECT_EQ(archive.texts(1)->rules[0].title, "old");
    EXPECT_EQ(archive.texts(2)->rules[0].title, "new");
    EXPECT_EQ(archive.texts(2)->rules[0].budget_bytes, 4096u);
    EXPECT_EQ(archive.texts(2)->rules[0].message, "Ask SecOps.");
    EXPECT_EQ(archive.texts(2)->classes, (std::vector<std::string>{"public", "restricted"}));
    EXPECT_EQ(archive.texts(3), nullptr);
    EXPECT_EQ(archive.newest_version(), 2u);
}

TEST_F(PolicyArchiveTest, ArtifactsOfEarlierBundlesStayKnown) {
    {
        auto archive = open();
        ASSERT_TRUE(archive.save(1, policy_with("a"),
                                 std::vector<ArtifactInfo>{{7, "id-7", "llama", "weights", "restricted"}}));
        ASSERT_TRUE(archive.save(2, policy_with("a"),
                                 std::vector<ArtifactInfo>{{8, "id-8", "adapter", "adapter", "internal"}}));
    }
    const auto archive = open();
    ASSERT_NE(archive.artifact(7), nullptr);
    EXPECT_EQ(archive.artifact(7)->name, "llama");
    EXPECT_EQ(archive.artifact(8)->class_name, "internal");
    EXPECT_EQ(archive.artifact(9), nullptr);
}

TEST_F(PolicyArchiveTest, OnlyTheNewestVersionsAreKept) {
    auto archive = open();
    for (std::uint64_t version = 1; version <= kKeptVersions + 3; ++version)
        ASSERT_TRUE(archive.save(version, policy_with("a"), {}));
    EXPECT_EQ(archive.texts(3), nullptr);
    EXPECT_NE(archive.texts(4), nullptr);
    EXPECT_EQ(open().texts(3), nullptr);
}

TEST_F(PolicyArchiveTest, TextThatIsNotUtf8IsKeptReadable) {
    auto archive = open();
    ASSERT_TRUE(archive.save(1, policy_with("broken \xff title"), {}));
    EXPECT_NE(open().texts(1), nullptr);
}

}  // namespace
}  // namespace modelward::agent
