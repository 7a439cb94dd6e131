// SPDX-License-Identifier: Apache-2.0
#include "console/server/initialize.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/testing/temporary_directory.h"
#include "console/server/server_certificate.h"
#include "wire/certificate.h"

namespace modelward::console {
namespace {

class InitializeTest : public testing::Test {
  protected:
    TemporaryDirectory directory_;
    InitializeOptions options_{
        {directory_.path() / "state"}, {"console.example"}, std::nullopt, MODELWARD_CORE_PACK};
};

TEST_F(InitializeTest, SecretsAreForTheirOwnerOnly) {
    const auto done = initialize(options_);
    ASSERT_TRUE(done.has_value()) << done.error().message();
    EXPECT_TRUE(done->generated_password.has_value());
    EXPECT_EQ(done->names, (std::vector<std::string>{"console.example", "localhost", "127.0.0.1"}));
    for (const auto& entry : std::filesystem::directory_iterator(options_.state.path)) {
        struct stat status{};
        ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600u) << entry.path();
    }
}

TEST_F(InitializeTest, TheConsolesCertificateIsRenewedWithItsKeyAndKeepsItsNames) {
    ASSERT_TRUE(initialize(options_).has_value());
    const auto before = load_server_identity(options_.state).value();
    const auto renewed = renew_server_certificate(options_.state, {});
    ASSERT_TRUE(renewed.has_value()) << renewed.error().message();
    EXPECT_EQ(renewed->names, (std::vector<std::string>{"console.example", "localhost", "127.0.0.1"}));
    const auto after = load_server_identity(options_.state).value();
    EXPECT_NE(after.certificate_pem, before.certificate_pem);
    EXPECT_TRUE(wire::TlsContext::server(after).has_value()) << "the key belongs to the certificate";
    const auto certificate = wire::Certificate::from_pem(after.certificate_pem).value();
    EXPECT_TRUE(certificate.is_signed_by(load_authority(options_.state)->certificate()));
    EXPECT_EQ(certificate.names(), renewed->names);
    EXPECT_EQ(server_certificate_days_left(options_.state, certificate.not_after_unix_s() * 1000 - 1).value(),
              0);
    for (const auto* name : {"x y", "", "-x", "a,DNS:b"})
        EXPECT_EQ(renew_server_certificate(options_.state, {name}).error().code(), ErrorCode::kInvalid)
            << name;
    const auto other = renew_server_certificate(options_.state, {"other.example", "127.0.0.1"});
    ASSERT_TRUE(other.has_value());
    EXPECT_EQ(other->dropped, (std::vector<std::string>{"console.example", "localhost"}));
    EXPECT_EQ(renew_server_certificate(options_.state, {})->names,
              (std::vector<std::string>{"other.example", "127.0.0.1"}));
}

TEST_F(InitializeTest, ASecondTimeChangesNothing) {
    ASSERT_TRUE(initialize(options_).has_value());
    const auto written = std::filesystem::last_write_time(options_.state.ca_key());
    EXPECT_EQ(initialize(options_).error().code(), ErrorCode::kConflict);
    EXPECT_EQ(std::filesystem::last_write_time(options_.state.ca_key()), written);
}

TEST_F(InitializeTest, BrokenRulesAndAShortPasswordWriteNothing) {
    options_.password = "short";
    EXPECT_EQ(initialize(options_).error().code(), ErrorCode::kInvalid);
    options_.password.reset();
    options_.rules = directory_.path() / "rules";
    std::filesystem::create_directory(options_.rules);
    EXPECT_FALSE(initialize(options_).has_value());
    EXPECT_FALSE(std::filesystem::exists(options_.state.path));
}

}  // namespace
}  // namespace modelward::console
