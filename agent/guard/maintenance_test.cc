// SPDX-License-Identifier: Apache-2.0
#include "agent/guard/maintenance.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.h"
#include "wire/bundle.h"

namespace modelward::agent {
namespace {

class MaintenanceTest : public ::testing::Test {
  protected:
    std::string token(const std::string& id) const {
        wire::MaintenanceToken token;
        token.set_id(id);
        token.set_host_id("host");
        token.set_redeem_by_unix_s(1000);
        token.set_seconds(60);
        return *wire::make_maintenance_token(token, key_);
    }
    Result<wire::MaintenanceToken> redeem(const std::string& text) const {
        return Maintenance(folder_).redeem(text, *wire::bundle_public_key(key_), "host", 900);
    }

    wire::PrivateKey key_ = wire::PrivateKey::generate_ed25519().value();
    TemporaryDirectory directory_;
    std::filesystem::path folder_ = directory_.path();
};

TEST_F(MaintenanceTest, ATokenIsTakenOnceAlsoByTheNextAgent) {
    const auto first = token("a");
    ASSERT_TRUE(redeem(first));
    const auto again = redeem(first);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), ErrorCode::kConflict);
    EXPECT_TRUE(redeem(token("b")));
}

TEST_F(MaintenanceTest, ARefusedTokenIsNotUsedUp) {
    EXPECT_FALSE(redeem("mwm1.nonsense"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "maintenance-used"));
}

TEST_F(MaintenanceTest, WhatCannotBeNotedIsNotRedeemed) {
    std::filesystem::remove_all(folder_);
    const auto lost = redeem(token("a"));
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code(), ErrorCode::kIo);
}

}  // namespace
}  // namespace modelward::agent
