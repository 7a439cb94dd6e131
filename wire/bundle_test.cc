// SPDX-License-Identifier: Apache-2.0
#include "wire/bundle.h"

#include <gtest/gtest.h>

#include "wire/codec.h"

namespace modelward::wire {
namespace {

class BundleTest : public testing::Test {
  protected:
    PrivateKey key_ = PrivateKey::generate_ed25519().value();
    BundlePublicKey public_key_ = bundle_public_key(key_).value();

    SignedBundle bundle(std::uint64_t version) {
        Bundle content;
        content.set_version(version);
        content.mutable_classes()->set_text("classes: []");
        return sign_bundle(content, key_).value();
    }
    ErrorCode refusal(const SignedBundle& signed_bundle, std::uint64_t in_force) {
        const auto result = verify_bundle(signed_bundle, public_key_, in_force);
        return result ? ErrorCode::kInternal : result.error().code();
    }
};

TEST_F(BundleTest, ANewerBundleOfTheRightKeyHolds) {
    const auto result = verify_bundle(bundle(7), public_key_, 6);
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->classes().text(), "classes: []");
}

TEST_F(BundleTest, OneFlippedBitAnywhereIsDenied) {
    const SignedBundle good = bundle(7);
    for (std::size_t bit = 0; bit < good.payload().size() * 8; ++bit) {
        SignedBundle bad = good;
        (*bad.mutable_payload())[bit / 8] ^= static_cast<char>(1 << bit % 8);
        EXPECT_EQ(refusal(bad, 6), ErrorCode::kDenied) << bit;
    }
    for (std::size_t bit = 0; bit < good.signature().size() * 8; ++bit) {
        SignedBundle bad = good;
        (*bad.mutable_signature())[bit / 8] ^= static_cast<char>(1 << bit % 8);
        EXPECT_EQ(refusal(bad, 6), ErrorCode::kDenied) << bit;
    }
}

TEST_F(BundleTest, AnotherKeyIsDenied) {
    public_key_ = bundle_public_key(PrivateKey::generate_ed25519().value()).value();
    EXPECT_EQ(refusal(bundle(7), 6), ErrorCode::kDenied);
    EXPECT_EQ(refusal(SignedBundle(), 0), ErrorCode::kDenied);
}

TEST_F(BundleTest, AnOlderOrEqualVersionIsAConflict) {
    EXPECT_EQ(refusal(bundle(7), 7), ErrorCode::kConflict);
    EXPECT_EQ(refusal(bundle(7), 8), ErrorCode::kConflict);
}

TEST_F(BundleTest, AKeyOfAnotherKindSignsNothing) {
    EXPECT_EQ(bundle_public_key(PrivateKey::generate_p256().value()).error().code(), ErrorCode::kInvalid);
    EXPECT_EQ(bundle_public_key_from(std::vector<std::uint8_t>(31)).error().code(), ErrorCode::kInvalid);
}

TEST_F(BundleTest, TheKeySurvivesItsFile) {
    const auto again = PrivateKey::from_pem(key_.to_pem().value());
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(bundle_public_key(*again).value(), public_key_);
    EXPECT_FALSE(PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\nrubbish").has_value());
}

}  // namespace
}  // namespace modelward::wire
