// SPDX-License-Identifier: Apache-2.0
#include "agent/enroll/identity.h"

#include <gtest/gtest.h>

#include "agent/enroll/enroll.h"
#include "base/testing/temporary_directory.h"

namespace modelward::agent {
namespace {

namespace fs = std::filesystem;

Identity identity() {
    return {"host-1", "console:8444", "-----BEGIN PRIVATE KEY-----KEY", "CERTIFICATE", "CA", {1, 2, 3}};
}

TEST(Identity, ComesBackAsItWasSavedForItsOwnerOnly) {
    const TemporaryDirectory directory;
    const auto state = directory.path() / "state";
    ASSERT_TRUE(save_identity(state, identity()));
    const auto loaded = load_identity(state);
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->host_id, "host-1");
    EXPECT_EQ(loaded->console, "console:8444");
    EXPECT_EQ(loaded->key_pem, identity().key_pem);
    EXPECT_EQ(loaded->certificate_pem, "CERTIFICATE");
    EXPECT_EQ(loaded->ca_pem, "CA");
    EXPECT_EQ(loaded->bundle_key, identity().bundle_key);
    EXPECT_EQ(fs::status(state).permissions(), fs::perms::owner_all);
    for (const auto* name : {"host.pem", "ca.pem", "enrollment.json"})
        EXPECT_EQ(fs::status(state / name).permissions(), fs::perms::owner_read | fs::perms::owner_write)
            << name;
}

TEST(Identity, ACertificateWithoutItsKeyIsAClearError) {
    const TemporaryDirectory directory;
    ASSERT_TRUE(save_identity(directory.path(), identity()));
    directory.write("host.pem", "CERTIFICATE");
    const auto loaded = load_identity(directory.path());
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().message().find("enrol again"), std::string::npos);
}

TEST(Identity, WithoutEnrolmentItIsNotFound) {
    const TemporaryDirectory directory;
    EXPECT_EQ(load_identity(directory.path()).error().code(), ErrorCode::kNotFound);
}

TEST(Identity, ADamagedEnrolmentIsAClearError) {
    const TemporaryDirectory directory;
    ASSERT_TRUE(save_identity(directory.path(), identity()));
    for (const auto* text :
         {"", "{}", "[]", "{\"host_id\":1}", R"({"host_id":"h","console":"c:1","bundle_public_key":"zz"})",
          R"({"host_id":"h","console":"c:1","bundle_public_key":"00"})"}) {
        directory.write("enrollment.json", text);
        const auto loaded = load_identity(directory.path());
        ASSERT_FALSE(loaded) << text;
        EXPECT_EQ(loaded.error().code(), ErrorCode::kInvalid);
        EXPECT_NE(loaded.error().message().find("enrol again"), std::string::npos);
    }
}

const std::string kToken = "mw1." + std::string(43, 'A') + "." + std::string(64, '0');

TEST(Enroll, ABadTokenOrAddressIsRefusedBeforeAnythingIsSent) {
    const TemporaryDirectory directory;
    EXPECT_EQ(enroll(directory.path(), "console:8444", "not-a-token", "host").error().code(),
              ErrorCode::kInvalid);
    EXPECT_EQ(enroll(directory.path(), "console", kToken, "host").error().code(), ErrorCode::kInvalid);
}

// Nobody listens on port 1: whatever was sent would end in kUnavailable.
TEST(Enroll, ATokenIsNotSpentWhereTheIdentityCannotBeStored) {
    const TemporaryDirectory directory;
    const auto file = directory.write("a-file", "");
    const auto enrolled = enroll(file / "state", "127.0.0.1:1", kToken, "host");
    ASSERT_FALSE(enrolled);
    EXPECT_EQ(enrolled.error().code(), ErrorCode::kIo) << enrolled.error().message();
    EXPECT_NE(enrolled.error().message().find("the token was not used"), std::string::npos);
}

TEST(Enroll, ATrialLeavesNothingAndAnEarlierIdentityAlone) {
    const TemporaryDirectory directory;
    ASSERT_TRUE(save_identity(directory.path(), identity()));
    EXPECT_EQ(enroll(directory.path(), "127.0.0.1:1", kToken, "host").error().code(),
              ErrorCode::kUnavailable);
    EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), {}), 3);
    EXPECT_TRUE(load_identity(directory.path()));
}

TEST(Enroll, ARefusalIsOneReadableSentence) {
    const auto refused =
        refusal_of({403, {{"Content-Type", "text/plain; charset=utf-8"}}, "no such\x1b token\n"});
    EXPECT_EQ(refused.message(), "the console refused the enrolment (403): no such\\x1b token");
    const auto people = refusal_of(
        {404, {{"Content-Type", "application/json"}}, R"({"error":{"code":"not found","message":"x"}})"});
    EXPECT_NE(people.message().find("port for people"), std::string::npos) << people.message();
    EXPECT_EQ(people.message().find('{'), std::string::npos);
}

}  // namespace
}  // namespace modelward::agent
