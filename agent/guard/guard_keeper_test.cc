// SPDX-License-Identifier: Apache-2.0
#include "agent/guard/guard_keeper.h"

#include <gtest/gtest.h>

#include <ctime>

#include "agent/testing/fake_sensor.h"
#include "base/testing/temporary_directory.h"
#include "wire/bundle.h"

namespace modelward::agent {
namespace {

class GuardKeeperTest : public ::testing::Test {
  protected:
    void SetUp() override {
        config_.state_dir = directory_.path();
        config_.guard = true;
        identity_.host_id = "host";
        identity_.bundle_key = *wire::bundle_public_key(key_);
    }
    GuardKeeper keeper() {
        return GuardKeeper(sensor_, config_,
                           [this](const std::string& sentence) { said_ += sentence + "\n"; });
    }
    std::string token(const std::string& id) const {
        wire::MaintenanceToken token;
        token.set_id(id);
        token.set_host_id("host");
        token.set_redeem_by_unix_s(std::time(nullptr) + 60);
        token.set_seconds(600);
        token.set_reason("a new disk");
        return *wire::make_maintenance_token(token, key_);
    }

    TemporaryDirectory directory_;
    wire::PrivateKey key_ = wire::PrivateKey::generate_ed25519().value();
    FakeSensor sensor_;
    Config config_;
    Identity identity_;
    std::string said_;
};

TEST_F(GuardKeeperTest, WithoutAnIdentityNobodyCouldOpenItSoItStaysOff) {
    auto guard = keeper();
    guard.close(std::nullopt);
    EXPECT_FALSE(sensor_.guard_status_.on);
    guard.close(identity_);
    EXPECT_TRUE(sensor_.guard_status_.on);
    EXPECT_EQ(sensor_.guard_status_.key, identity_.bundle_key);
}

TEST_F(GuardKeeperTest, TheAgentIsStoppedOnlyUnderMaintenance) {
    auto guard = keeper();
    guard.close(identity_);
    EXPECT_FALSE(guard.lets_stop());
    EXPECT_FALSE(guard.redeem("mwm1.not.it"));
    EXPECT_FALSE(guard.lets_stop());
    ASSERT_TRUE(guard.redeem(token("a")));
    EXPECT_TRUE(guard.lets_stop());
    EXPECT_NE(said_.find("a new disk"), std::string::npos) << said_;
    sensor_.guard_status_.maintenance_left = {};
    guard.tick();
    EXPECT_FALSE(guard.lets_stop());
    EXPECT_NE(said_.find("ended"), std::string::npos) << said_;
}

TEST_F(GuardKeeperTest, AConfigurationAloneDoesNotTurnItOff) {
    keeper().close(identity_);
    config_.guard = false;
    keeper().close(identity_);
    EXPECT_TRUE(sensor_.guard_status_.on);
    ASSERT_TRUE(keeper().redeem(token("a")));
    keeper().close(identity_);
    EXPECT_FALSE(sensor_.guard_status_.on);
}

TEST_F(GuardKeeperTest, ANewIdentityDoesNotChangeWhoMayOpenIt) {
    keeper().close(identity_);
    const auto before = sensor_.guard_status_.key;
    identity_.bundle_key = *wire::bundle_public_key(wire::PrivateKey::generate_ed25519().value());
    keeper().close(identity_);
    EXPECT_EQ(sensor_.guard_status_.key, before);
}

TEST_F(GuardKeeperTest, AnAgentWithAnotherStateIsTurnedAway) {
    keeper().close(identity_);
    ASSERT_TRUE(keeper().check());
    config_.state_dir = "/somewhere/else";
    const auto refused = keeper().check();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kDenied);
}

}  // namespace
}  // namespace modelward::agent
