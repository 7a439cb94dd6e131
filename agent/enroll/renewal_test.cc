// SPDX-License-Identifier: Apache-2.0
// Renewal against a certificate authority that is here; the console's side is tested with the console.
#include "agent/enroll/renewal.h"

#include <gtest/gtest.h>

#include <span>

#include "base/testing/temporary_directory.h"
#include "wire/certificate_authority.h"

namespace modelward::agent {
namespace {

constexpr std::int64_t kDay = 24 * 3600;

struct RenewalTest : ::testing::Test {
    TemporaryDirectory directory;
    wire::CertificateAuthority ca = wire::CertificateAuthority::create("Console", 3650).value();
    CertificateRenewal renewal{directory.path()};
    Identity identity = enrolled("host-1", 300);
    std::int64_t end = 0;

    Identity enrolled(const std::string& host_id, int days) {
        const auto key = wire::PrivateKey::generate_p256().value();
        const auto certificate =
            ca.issue_client(wire::make_certificate_request(key).value(), host_id, days).value();
        return {host_id,
                "console:8444",
                key.to_pem().value(),
                certificate.to_pem().value(),
                ca.certificate().to_pem().value(),
                {1, 2, 3}};
    }
    void SetUp() override {
        ASSERT_TRUE(save_identity(directory.path(), identity));
        renewal.watch(identity);
        end = wire::Certificate::from_pem(identity.certificate_pem)->not_after_unix_s();
    }
    static wire::RenewResponse signed_by(const wire::CertificateAuthority& authority, const std::string& der,
                                         const std::string& host_id) {
        const std::span bytes(reinterpret_cast<const std::uint8_t*>(der.data()), der.size());
        wire::RenewResponse response;
        response.set_certificate_pem(authority.issue_client(bytes, host_id, 300)->to_pem().value());
        return response;
    }
};

TEST_F(RenewalTest, IsAskedForWhenLessThanAThirdOfTheLifeIsLeftAndOnceAnHour) {
    EXPECT_EQ(renewal.days_left(end - 200 * kDay - 1), 200);
    EXPECT_FALSE(renewal.request(end - 200 * kDay));
    EXPECT_FALSE(renewal.request(end - 101 * kDay));
    EXPECT_TRUE(renewal.request(end - 99 * kDay));
    EXPECT_FALSE(renewal.request(end - 99 * kDay + 3599));
    EXPECT_TRUE(renewal.request(end - 99 * kDay + 3600));
    EXPECT_TRUE(renewal.request(end - 100 * kDay)) << "the clock went back";
    EXPECT_FALSE(renewal.request(end)) << "too late: the connection would be refused";
    EXPECT_EQ(renewal.days_left(end + 1), -1);
}

TEST_F(RenewalTest, KeyAndCertificateAreReplacedTogether) {
    const auto der = renewal.request(end - kDay);
    ASSERT_TRUE(der);
    const auto renewed = renewal.accept(signed_by(ca, *der, "host-1"));
    ASSERT_TRUE(renewed) << renewed.error().message();
    EXPECT_NE(renewed->key_pem, identity.key_pem);
    const auto stored = load_identity(directory.path());
    ASSERT_TRUE(stored) << stored.error().message();
    EXPECT_EQ(stored->key_pem, renewed->key_pem);
    EXPECT_EQ(stored->certificate_pem, renewed->certificate_pem);
    EXPECT_EQ(stored->host_id, "host-1");
    const auto key = wire::PrivateKey::from_pem(stored->key_pem);
    EXPECT_TRUE(wire::Certificate::from_pem(stored->certificate_pem)->belongs_to(*key));
    EXPECT_FALSE(renewal.request(end - 250 * kDay)) << "the new one has its life before it";
}

TEST_F(RenewalTest, WhatIsNotForThisHostAndKeyFromItsConsoleChangesNothing) {
    const auto stranger = wire::CertificateAuthority::create("Console", 3650).value();
    const auto refusal = [&](std::int64_t now, const auto& answer_to) {
        const auto der = renewal.request(now);
        EXPECT_TRUE(der);
        const auto accepted = renewal.accept(answer_to(*der));
        EXPECT_FALSE(renewal.problem().empty());
        return accepted ? ErrorCode::kInternal : accepted.error().code();
    };
    EXPECT_EQ(refusal(end - 90 * kDay, [&](const auto& der) { return signed_by(stranger, der, "host-1"); }),
              ErrorCode::kDenied);
    EXPECT_EQ(refusal(end - 80 * kDay, [&](const auto& der) { return signed_by(ca, der, "host-2"); }),
              ErrorCode::kInvalid);
    EXPECT_EQ(refusal(end - 70 * kDay,
                      [&](const auto&) {
                          wire::RenewResponse old;
                          old.set_certificate_pem(identity.certificate_pem);
                          return old;
                      }),
              ErrorCode::kInvalid);
    EXPECT_EQ(refusal(end - 60 * kDay, [](const auto&) { return wire::RenewResponse(); }),
              ErrorCode::kInvalid);
    EXPECT_EQ(refusal(end - 50 * kDay,
                      [](const auto&) {
                          return Result<wire::RenewResponse>(fail(ErrorCode::kUnavailable, "away"));
                      }),
              ErrorCode::kUnavailable);
    EXPECT_EQ(load_identity(directory.path())->certificate_pem, identity.certificate_pem);
}

TEST_F(RenewalTest, AHostThatWasEnrolledAnewIsLeftAlone) {
    const auto der = renewal.request(end - kDay);
    const Identity other = enrolled("host-2", 300);
    ASSERT_TRUE(save_identity(directory.path(), other));
    EXPECT_EQ(renewal.accept(signed_by(ca, *der, "host-1")).error().code(), ErrorCode::kConflict);
    EXPECT_EQ(load_identity(directory.path())->certificate_pem, other.certificate_pem);
}

}  // namespace
}  // namespace modelward::agent
