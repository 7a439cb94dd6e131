// SPDX-License-Identifier: Apache-2.0
#include "base/sqlite/sqlite.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"

namespace modelward {
namespace {

struct SqliteTest : ::testing::Test {
    TemporaryDirectory directory;
    Database database = Database::open(directory.path() / "a.db", true).value();

    SqliteTest() {
        EXPECT_TRUE(database.script("CREATE TABLE t (number INTEGER PRIMARY KEY, name TEXT, bytes BLOB)"));
    }

    std::int64_t rows() {
        auto counted = database.query("SELECT COUNT(*) FROM t").value();
        return counted.next().value() ? counted.integer(0) : -1;
    }
};

TEST_F(SqliteTest, ValuesComeBackAsTheyWereBound) {
    const std::string bytes("\0\xff'", 3);
    const BlobView blob(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    ASSERT_TRUE(
        database.run("INSERT INTO t VALUES (?, ?, ?)", UINT64_MAX, "it's \"quoted\"; DROP TABLE t", blob));
    ASSERT_TRUE(database.run("INSERT INTO t VALUES (?, ?, ?)", 2, nullptr, BlobView()));
    auto found = database.query("SELECT number, name, bytes FROM t ORDER BY number").value();
    ASSERT_TRUE(found.next().value());
    EXPECT_EQ(found.count(0), UINT64_MAX);
    EXPECT_EQ(found.text(1), "it's \"quoted\"; DROP TABLE t");
    EXPECT_EQ(found.text(2), bytes);
    ASSERT_TRUE(found.next().value());
    EXPECT_TRUE(found.is_null(1));
    EXPECT_FALSE(found.is_null(2));
    EXPECT_EQ(found.text(2), "");
    EXPECT_FALSE(found.next().value());
}

TEST_F(SqliteTest, TheSameQueryMayBeUnderWayTwice) {
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(database.run("INSERT INTO t (number) VALUES (?)", i));
    auto outer = database.query("SELECT number FROM t").value();
    int pairs = 0;
    while (outer.next().value()) {
        auto inner = database.query("SELECT number FROM t").value();
        while (inner.next().value())
            ++pairs;
    }
    EXPECT_EQ(pairs, 9);
}

TEST_F(SqliteTest, ATransactionRollsBackUnlessCommitted) {
    {
        auto transaction = Transaction::begin(database).value();
        ASSERT_TRUE(database.run("INSERT INTO t (number) VALUES (1)"));
    }
    EXPECT_EQ(rows(), 0);
    auto transaction = Transaction::begin(database).value();
    ASSERT_TRUE(database.run("INSERT INTO t (number) VALUES (1)"));
    ASSERT_TRUE(transaction.commit());
    EXPECT_EQ(rows(), 1);
}

TEST_F(SqliteTest, AViolatedConstraintIsAConflictAndTheConnectionStaysUsable) {
    ASSERT_TRUE(database.run("INSERT INTO t (number) VALUES (1)"));
    const auto again = database.run("INSERT INTO t (number) VALUES (1)");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), ErrorCode::kConflict);
    EXPECT_NE(again.error().message().find("INSERT INTO t"), std::string::npos);
    EXPECT_EQ(rows(), 1);
}

TEST_F(SqliteTest, AFullDiskFailsTheTransactionAndKeepsWhatWasCommitted) {
    ASSERT_TRUE(database.script("PRAGMA max_page_count = 8"));
    ASSERT_TRUE(database.run("INSERT INTO t (number) VALUES (1)"));
    {
        auto transaction = Transaction::begin(database).value();
        ASSERT_TRUE(database.run("INSERT INTO t (number) VALUES (2)"));
        const auto full = database.run("INSERT INTO t (name) VALUES (?)", std::string(100'000, 'x'));
        ASSERT_FALSE(full);
        EXPECT_EQ(full.error().code(), ErrorCode::kIo);
    }
    EXPECT_EQ(rows(), 1);
    EXPECT_TRUE(database.run("INSERT INTO t (number) VALUES (3)"));
}

TEST_F(SqliteTest, FilesAreMadeForTheirOwnerOnlyAndNeverThroughALink) {
    const auto mode = std::filesystem::status(directory.path() / "a.db").permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::create_symlink(directory.path() / "elsewhere", directory.path() / "link.db");
    EXPECT_FALSE(Database::open(directory.path() / "link.db", true));
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "elsewhere"));
}

TEST_F(SqliteTest, OpeningWithoutCreatingNeedsTheFile) {
    EXPECT_FALSE(Database::open(directory.path() / "absent.db", false));
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "absent.db"));
}

TEST_F(SqliteTest, AFileThatIsNoDatabaseIsAnErrorThatNamesIt) {
    directory.write("text.db", std::string(8192, 'x'));
    const auto opened = Database::open(directory.path() / "text.db", true);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message().find("text.db"), std::string::npos);
}

}  // namespace
}  // namespace modelward
