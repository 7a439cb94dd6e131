// SPDX-License-Identifier: Apache-2.0
// Passwords and the slowing down of guesses.
#include <gtest/gtest.h>

#include "console/server/login_backoff.h"
#include "console/server/passwords.h"

namespace modelward::console {
namespace {

TEST(Passwords, MatchOnlyThemselves) {
    const std::string hash = hash_password("correct horse battery").value();
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
    EXPECT_TRUE(password_matches("correct horse battery", hash));
    EXPECT_FALSE(password_matches("correct horse batterz", hash));
    EXPECT_FALSE(password_matches("", hash));
    EXPECT_FALSE(password_matches("", hash_of_nobody()));
    EXPECT_NE(hash_password("correct horse battery").value(), hash) << "salted";
}

TEST(Passwords, HaveALengthBetweenTwelveAndALimit) {
    EXPECT_EQ(hash_password("elevenchars").error().code(), ErrorCode::kInvalid);
    EXPECT_EQ(hash_password(std::string(1025, 'x')).error().code(), ErrorCode::kInvalid);
    EXPECT_TRUE(hash_password(generate_password()).has_value());
}

TEST(LoginBackoff, DoublesFromTheThirdFailureUpToFiveMinutes) {
    LoginBackoff backoff;
    for (int i = 0; i < 2; ++i)
        backoff.failed("alice", "10.0.0.1", 0);
    EXPECT_EQ(backoff.wait_ms("alice", "10.0.0.1", 0), 0);
    backoff.failed("alice", "10.0.0.1", 0);
    EXPECT_EQ(backoff.wait_ms("alice", "10.0.0.1", 0), 1000);
    EXPECT_EQ(backoff.wait_ms("alice", "10.0.0.1", 600), 400);
    EXPECT_EQ(backoff.wait_ms("alice", "10.0.0.1", 1000), 0);
    backoff.failed("alice", "10.0.0.1", 0);
    EXPECT_EQ(backoff.wait_ms("alice", "10.0.0.1", 0), 2000);
    for (int i = 0; i < 100; ++i)
        backoff.failed("alice", "10.0.0.1", 0);
    EXPECT_EQ(backoff.wait_ms("alice", "10.0.0.1", 0), 300'000);
}

TEST(LoginBackoff, LongNamesAreTheirOwnAndCostNoMore) {
    LoginBackoff backoff;
    const std::string name(1 << 20, 'a');
    for (int i = 0; i < 3; ++i)
        backoff.failed(name, "10.0.0.1", 0);
    EXPECT_EQ(backoff.wait_ms(name, "10.0.0.1", 0), 1000);
    EXPECT_EQ(backoff.wait_ms(name + "b", "10.0.0.1", 0), 0);
}

TEST(LoginBackoff, AnAddressHasSoManyFailuresInAMinuteWhateverTheNames) {
    LoginBackoff backoff;
    for (int i = 0; i < LoginBackoff::kMinuteOfAddress; ++i) {
        EXPECT_EQ(backoff.wait_ms("user" + std::to_string(i), "10.0.0.1", 101'000), 0) << i;
        backoff.failed("user" + std::to_string(i), "10.0.0.1", 101'000);
    }
    EXPECT_EQ(backoff.wait_ms("alice", "10.0.0.1", 111'000), 50'000);
    EXPECT_EQ(backoff.wait_ms("alice", "10.0.0.2", 111'000), 0);
    EXPECT_EQ(backoff.wait_ms("alice", "10.0.0.1", 161'000), 0);
}

TEST(LoginBackoff, AllAddressesTogetherHaveSoManyFailuresInAMinute) {
    LoginBackoff backoff;
    for (int i = 0; i < LoginBackoff::kMinuteOfAll; ++i)
        backoff.failed("user", "address " + std::to_string(i), 101'000);
    EXPECT_EQ(backoff.wait_ms("alice", "10.0.0.2", 101'000), 60'000);
    EXPECT_EQ(backoff.wait_ms("alice", "10.0.0.2", 161'000), 0);
}

TEST(LoginBackoff, AnIpv6AddressIsItsNetwork) {
    LoginBackoff backoff;
    for (int i = 0; i < 3; ++i)
        backoff.failed("alice", "2001:db8::" + std::to_string(i), 0);
    EXPECT_EQ(backoff.wait_ms("alice", "2001:db8::ffff:1", 0), 1000);
    EXPECT_EQ(backoff.wait_ms("alice", "2001:db8:0:1::1", 0), 0);
    for (int i = 0; i < 3; ++i)
        backoff.failed("bob", "::ffff:10.0.0." + std::to_string(i), 0);
    EXPECT_EQ(backoff.wait_ms("bob", "::ffff:10.0.0.9", 0), 0);
}

TEST(LoginBackoff, IsPerUserAndAddressAndForgetsOnSuccess) {
    LoginBackoff backoff;
    for (int i = 0; i < 3; ++i)
        backoff.failed("alice", "10.0.0.1", 0);
    EXPECT_EQ(backoff.wait_ms("alice", "10.0.0.2", 0), 0) << "nobody can lock alice out from elsewhere";
    EXPECT_EQ(backoff.wait_ms("bob", "10.0.0.1", 0), 0);
    backoff.succeeded("alice", "10.0.0.1");
    EXPECT_EQ(backoff.wait_ms("alice", "10.0.0.1", 0), 0);
}

}  // namespace
}  // namespace modelward::console
