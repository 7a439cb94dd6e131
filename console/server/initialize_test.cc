// SPDX-License-Identifier: Apache-2.0
#include "console/server/initialize.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/testing/temporary_directory.h"
#include "console/server/server_certificate.h"
#include "wire/certificate.h"
#include "wire/secret_file.h"

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

TEST_F(InitializeTest, KeysWithoutADatabaseAreNotOverwritten) {
    ASSERT_TRUE(initialize(options_).has_value());
    const auto key = wire::read_small_file(options_.state.ca_key()).value();
    std::filesystem::remove(options_.state.config_database());
    const auto again = initialize(options_);
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().code(), ErrorCode::kConflict);
    EXPECT_NE(again.error().message().find("backup"), std::string::npos) << again.error().message();
    EXPECT_EQ(wire::read_small_file(options_.state.ca_key()).value(), key);
}

TEST_F(InitializeTest, AnInitThatDidNotEndIsTriedAgain) {
    ASSERT_TRUE(initialize(options_).has_value());
    std::filesystem::rename(options_.state.config_database(),
                            options_.state.config_database().string() + ".new");
    const auto again = initialize(options_);
    ASSERT_TRUE(again.has_value()) << again.error().message();
    EXPECT_TRUE(std::filesystem::exists(options_.state.config_database()));
    EXPECT_EQ(initialize(options_).error().code(), ErrorCode::kConflict);
}

TEST_F(InitializeTest, NamesAreAsLongAsCertificatesAllow) {
    for (const std::size_t length : {46u, 47u, 64u}) {
        options_.state.path = directory_.path() / std::to_string(length);
        options_.names = {std::string(length, 'n')};
        const auto done = initialize(options_);
        ASSERT_TRUE(done.has_value()) << length << ": " << done.error().message();
        EXPECT_EQ(done->names.front(), options_.names.front());
    }
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
