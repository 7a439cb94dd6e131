// SPDX-License-Identifier: Apache-2.0
#include "wire/maintenance_token.h"

#include <gtest/gtest.h>

#include "wire/bundle.h"

namespace modelward::wire {
namespace {

class MaintenanceTokenTest : public testing::Test {
  protected:
    PrivateKey key_ = PrivateKey::generate_ed25519().value();
    BundlePublicKey public_key_ = bundle_public_key(key_).value();

    static MaintenanceToken token() {
        MaintenanceToken token;
        token.set_id("id-1");
        token.set_host_id("host-1");
        token.set_redeem_by_unix_s(1000);
        token.set_seconds(3600);
        token.set_reason("a new disk");
        token.set_issued_by("ada");
        return token;
    }
    ErrorCode refusal(std::string_view text, std::string_view host = "host-1", std::int64_t now = 999) {
        const auto result = check_maintenance_token(text, public_key_, host, now);
        return result ? ErrorCode::kInternal : result.error().code();
    }
};

TEST_F(MaintenanceTokenTest, OpensTheHostItWasMadeForInTime) {
    const auto text = make_maintenance_token(token(), key_);
    ASSERT_TRUE(text);
    const auto result = check_maintenance_token(*text, public_key_, "host-1", 999);
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(result->seconds(), 3600u);
    EXPECT_EQ(result->reason(), "a new disk");
}

TEST_F(MaintenanceTokenTest, AnotherHostALaterTimeAndAnotherKeyAreDenied) {
    const auto text = *make_maintenance_token(token(), key_);
    EXPECT_EQ(refusal(text, "host-2"), ErrorCode::kDenied);
    EXPECT_EQ(refusal(text, "host-1", 1000), ErrorCode::kDenied);
    public_key_ = bundle_public_key(PrivateKey::generate_ed25519().value()).value();
    EXPECT_EQ(refusal(text), ErrorCode::kDenied);
}

TEST_F(MaintenanceTokenTest, OneChangedCharacterAnywhereIsRefused) {
    const auto good = *make_maintenance_token(token(), key_);
    for (std::size_t at = 0; at + 1 < good.size(); ++at) {  // the last one holds bits of no byte
        std::string bad = good;
        bad[at] = bad[at] == 'A' ? 'B' : 'A';
        EXPECT_NE(refusal(bad), ErrorCode::kInternal) << at;
    }
}

TEST_F(MaintenanceTokenTest, ABundlesSignatureIsNoToken) {
    Bundle bundle;
    bundle.set_version(3);
    const auto signed_bundle = *sign_bundle(bundle, key_);
    EXPECT_FALSE(is_signed("modelward-maintenance-v1", signed_bundle.payload(), signed_bundle.signature(),
                           public_key_));
}

TEST_F(MaintenanceTokenTest, WhatIsNoTokenIsSaidToBeNone) {
    for (const auto* text : {"", "mwm1.", "mwm1.a", "mwm1..", "mw1.x.y", "mwm1.!!.!!"})
        EXPECT_NE(refusal(text), ErrorCode::kInternal) << text;
    auto endless = token();
    endless.set_seconds(kMaxMaintenanceSeconds + 1);
    EXPECT_FALSE(make_maintenance_token(endless, key_));
}

}  // namespace
}  // namespace modelward::wire
