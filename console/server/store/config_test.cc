// SPDX-License-Identifier: Apache-2.0
// Users, sessions, enrolment tokens and hosts.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/testing/temporary_directory.h"
#include "console/server/store/hosts.h"
#include "console/server/store/sessions.h"
#include "console/server/store/users.h"

namespace modelward::console {
namespace {

const Actor kActor{"tester", ""};
const User kAlice{1, "alice", "admin"};

class ConfigTest : public testing::Test {
  protected:
    TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "console.db";
    std::unique_ptr<ConfigDatabase> config_ = ConfigDatabase::open(path_, true).value();

    ErrorCode admit(const std::string& secret, std::int64_t now_ms, const std::string& id = "h1") {
        const auto admitted = admit_host(*config_, secret, {id, "ws-17", now_ms, false}, {}, "");
        return admitted ? ErrorCode::kInternal : admitted.error().code();
    }
};

TEST_F(ConfigTest, TheFileIsForItsOwnerAndMustExist) {
    struct stat status{};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    EXPECT_EQ(ConfigDatabase::open(directory_.path() / "absent.db", false).error().code(),
              ErrorCode::kNotFound);
}

TEST_F(ConfigTest, ANewerSchemaIsRefused) {
    ASSERT_TRUE(config_->lock()->script("PRAGMA user_version = 99").has_value());
    config_.reset();
    EXPECT_EQ(ConfigDatabase::open(path_, false).error().code(), ErrorCode::kUnsupported);
}

TEST_F(ConfigTest, UserNamesAreUniqueAndPlain) {
    EXPECT_TRUE(add_user(*config_, "alice", "hash", "admin", 1, kActor).has_value());
    EXPECT_EQ(add_user(*config_, "alice", "hash", "admin", 1, kActor).error().code(), ErrorCode::kConflict);
    EXPECT_EQ(add_user(*config_, "a b", "hash", "admin", 1, kActor).error().code(), ErrorCode::kInvalid);
    EXPECT_EQ(add_user(*config_, "bob", "hash", "root", 1, kActor).error().code(), ErrorCode::kInvalid);
    EXPECT_EQ(find_user(*config_, "alice").value()->user.role, "admin");
    EXPECT_FALSE(find_user(*config_, "carol").value().has_value());
    EXPECT_EQ(set_password(*config_, "carol", "hash", 0, kActor).error().code(), ErrorCode::kNotFound);
}

TEST_F(ConfigTest, ASessionEndsAfterTwelveIdleHoursOrASignOutOrANewPassword) {
    ASSERT_TRUE(add_user(*config_, "alice", "hash", "admin", 0, kActor).has_value());
    const std::string token = start_session(*config_, kAlice, 0, "").value();
    EXPECT_EQ(token.size(), 43u) << "256 bits in base64url";
    EXPECT_TRUE(find_session(*config_, token, kSessionIdleMs).value().has_value()) << "use prolongs it";
    EXPECT_FALSE(find_session(*config_, token, 2 * kSessionIdleMs + 1).value().has_value());
    EXPECT_FALSE(find_session(*config_, "", 0).value().has_value());
    EXPECT_FALSE(find_session(*config_, token + "x", 0).value().has_value());

    const std::string second = start_session(*config_, kAlice, 0, "").value();
    ASSERT_TRUE(end_session(*config_, second, kAlice, 0, "").has_value());
    EXPECT_FALSE(find_session(*config_, second, 0).value().has_value());
    const std::string third = start_session(*config_, kAlice, 0, "").value();
    ASSERT_TRUE(set_password(*config_, "alice", "other", 0, kActor).has_value());
    EXPECT_FALSE(find_session(*config_, third, 0).value().has_value());
}

TEST_F(ConfigTest, ASessionEndsADayAfterSigningInHoweverMuchItIsUsed) {
    ASSERT_TRUE(add_user(*config_, "alice", "hash", "admin", 0, kActor).has_value());
    const std::string token = start_session(*config_, kAlice, 0, "").value();
    for (std::int64_t now_ms = 0; now_ms < kSessionLifeMs; now_ms += 3600 * 1000)
        EXPECT_TRUE(find_session(*config_, token, now_ms).value().has_value()) << now_ms;
    EXPECT_FALSE(find_session(*config_, token, kSessionLifeMs).value().has_value());
}

// As on a full disk: who is signed in goes on reading.
TEST_F(ConfigTest, AUseThatCannotBeNotedIsStillAUse) {
    ASSERT_TRUE(add_user(*config_, "alice", "hash", "admin", 0, kActor).has_value());
    const std::string token = start_session(*config_, kAlice, 0, "").value();
    ASSERT_TRUE(config_->lock()->script("PRAGMA query_only = ON").has_value());
    const auto user = find_session(*config_, token, kSessionIdleMs);
    ASSERT_TRUE(user.has_value()) << user.error().message();
    EXPECT_TRUE(user->has_value());
    EXPECT_FALSE(find_session(*config_, token, kSessionIdleMs + 1).value().has_value());
}

TEST_F(ConfigTest, AskingWhetherASessionHoldsIsNotUse) {
    ASSERT_TRUE(add_user(*config_, "alice", "hash", "admin", 0, kActor).has_value());
    const std::string token = start_session(*config_, kAlice, 0, "").value();
    EXPECT_TRUE(session_holds(*config_, token, kSessionIdleMs).value());
    EXPECT_FALSE(session_holds(*config_, token, kSessionIdleMs + 1).value());
    EXPECT_FALSE(session_holds(*config_, "", 0).value());
}

TEST_F(ConfigTest, ATokenAdmitsOneHostBeforeItExpires) {
    ASSERT_TRUE(add_enrollment_token(*config_, "secret", 1000, 0, kActor).has_value());
    EXPECT_EQ(admit("wrong", 10), ErrorCode::kDenied);
    EXPECT_EQ(admit("secret", 1000), ErrorCode::kDenied) << "expired";
    EXPECT_EQ(admit("secret", 999), ErrorCode::kInternal) << "admitted";
    EXPECT_EQ(admit("secret", 999, "h2"), ErrorCode::kDenied) << "used";
    EXPECT_EQ(list_hosts(*config_)->size(), 1u);
}

TEST_F(ConfigTest, ATokenIsNotUsedUpWhenTheHostCannotBeAdded) {
    ASSERT_TRUE(add_enrollment_token(*config_, "one", 1000, 0, kActor).has_value());
    ASSERT_TRUE(add_enrollment_token(*config_, "two", 1000, 0, kActor).has_value());
    EXPECT_EQ(admit("one", 1, "h1"), ErrorCode::kInternal);
    EXPECT_EQ(admit("two", 1, "h1"), ErrorCode::kConflict);
    EXPECT_EQ(admit("two", 1, "h2"), ErrorCode::kInternal);
}

TEST_F(ConfigTest, ARevokedHostKeepsItsName) {
    ASSERT_TRUE(add_enrollment_token(*config_, "secret", 1000, 0, kActor).has_value());
    EXPECT_EQ(admit("secret", 1), ErrorCode::kInternal);
    ASSERT_TRUE(revoke_host(*config_, "h1", 5, kActor).has_value());
    EXPECT_TRUE(find_host(*config_, "h1").value()->revoked);
    EXPECT_EQ(find_host(*config_, "h1").value()->name, "ws-17");
    EXPECT_EQ(revoke_host(*config_, "h9", 5, kActor).error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace modelward::console
