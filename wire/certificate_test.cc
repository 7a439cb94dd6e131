// SPDX-License-Identifier: Apache-2.0
#include "wire/certificate.h"

#include <gtest/gtest.h>

#include <ctime>

#include "wire/certificate_authority.h"

namespace modelward::wire {
namespace {

class CertificateTest : public testing::Test {
  protected:
    CertificateAuthority ca_ = CertificateAuthority::create("Modelward test", 3650).value();
    PrivateKey key_ = PrivateKey::generate_p256().value();
};

TEST_F(CertificateTest, AClientGetsTheNameThatTheConsoleChose) {
    const auto issued = ca_.issue_client(make_certificate_request(key_).value(), "host-1", 365);
    ASSERT_TRUE(issued.has_value()) << issued.error().message();
    EXPECT_EQ(issued->common_name().value(), "host-1");
    EXPECT_EQ(X509_verify(issued->get(), ca_.key().get()), 1);
    EXPECT_EQ(X509_check_private_key(issued->get(), key_.get()), 1);
    EXPECT_NEAR(static_cast<double>(issued->not_after_unix_s() - std::time(nullptr)), 365 * 86400.0, 3600.0);
}

TEST_F(CertificateTest, AServerIsKnownByItsNamesAndAddressesOnly) {
    const auto issued = ca_.issue_server(key_, {"console.example", "127.0.0.1", "::1"}, 825).value();
    EXPECT_EQ(X509_check_host(issued.get(), "console.example", 0, 0, nullptr), 1);
    EXPECT_EQ(X509_check_ip_asc(issued.get(), "127.0.0.1", 0), 1);
    EXPECT_EQ(X509_check_ip_asc(issued.get(), "::1", 0), 1);
    EXPECT_NE(X509_check_host(issued.get(), "other.example", 0, 0, nullptr), 1);
    EXPECT_EQ(ca_.issue_server(key_, {}, 1).error().code(), ErrorCode::kInvalid);
}

TEST_F(CertificateTest, NamesAndAddressesCanBeReadBack) {
    const std::vector<std::string> names{"console.example", "127.0.0.1", "::1", "localhost"};
    EXPECT_EQ(ca_.issue_server(key_, names, 825)->names(), names);
    EXPECT_TRUE(ca_.certificate().names().empty());
}

TEST_F(CertificateTest, ItsAuthorityItsKeyAndItsLifeAreKnown) {
    const auto issued = ca_.issue_client(make_certificate_request(key_).value(), "host-1", 365).value();
    const auto other = CertificateAuthority::create("Modelward test", 3650).value();
    EXPECT_TRUE(issued.is_signed_by(ca_.certificate()));
    EXPECT_FALSE(issued.is_signed_by(other.certificate()));
    EXPECT_TRUE(issued.belongs_to(key_));
    EXPECT_FALSE(issued.belongs_to(other.key()));
    EXPECT_EQ(issued.not_after_unix_s() - issued.not_before_unix_s(), 366 * 24 * 3600) << "from a day back";
}

TEST_F(CertificateTest, SerialsDoNotRepeat) {
    const auto request = make_certificate_request(key_).value();
    const auto first = ca_.issue_client(request, "a", 1).value();
    const auto second = ca_.issue_client(request, "a", 1).value();
    EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(first.get()), X509_get0_serialNumber(second.get())), 0);
    EXPECT_NE(first.pin().value(), second.pin().value());
}

TEST_F(CertificateTest, ARequestMustBeWholeSignedByItsKeyAndP256) {
    const auto good = make_certificate_request(key_).value();
    for (std::size_t length = 0; length < good.size(); ++length) {
        EXPECT_FALSE(ca_.issue_client(std::span(good).first(length), "a", 1).has_value()) << length;
    }
    auto flipped = good;
    flipped[flipped.size() - 2] ^= 1;  // in the signature
    EXPECT_EQ(ca_.issue_client(flipped, "a", 1).error().code(), ErrorCode::kInvalid);
    EXPECT_EQ(ca_.issue_client(std::vector<std::uint8_t>(9000), "a", 1).error().code(), ErrorCode::kInvalid);
}

TEST_F(CertificateTest, TheAuthoritySurvivesItsFilesButNotAForeignKey) {
    const std::string pem = ca_.certificate().to_pem().value();
    const auto again = CertificateAuthority::load(pem, ca_.key().to_pem().value());
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->certificate().pin().value(), ca_.certificate().pin().value());
    EXPECT_EQ(CertificateAuthority::load(pem, key_.to_pem().value()).error().code(), ErrorCode::kInvalid);
    EXPECT_FALSE(CertificateAuthority::load("nothing", key_.to_pem().value()).has_value());
}

}  // namespace
}  // namespace modelward::wire
