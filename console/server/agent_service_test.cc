// SPDX-License-Identifier: Apache-2.0
// The agents' port over real mutual TLS: enrolment, intake, bundles.
#include "console/server/agent_service.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "console/server/store/event_files.h"
#include "console/server/store/hosts.h"
#include "console/server/testing/events.h"
#include "console/server/testing/running_console.h"
#include "wire/codec.h"
#include "wire/enrollment_token.h"

namespace modelward::console {
namespace {

class AgentServiceTest : public testing::Test {
  protected:
    RunningConsole console_;

    std::string secret(std::int64_t minutes = 60) {
        return wire::parse_enrollment_token(console_.new_token(minutes))->secret;
    }
    static std::vector<std::uint8_t> request() {
        return wire::make_certificate_request(wire::PrivateKey::generate_p256().value()).value();
    }
};

TEST_F(AgentServiceTest, ATokenEnrollsOneHostAndItsCertificateWorks) {
    Host host(console_);
    EXPECT_EQ(host.enrolled.ca_pem(), console_.ca_pem());
    EXPECT_EQ(host.deliver(block_batch(1, 3)).acknowledged_sequence(), 3u);
    EXPECT_EQ(host.deliver(block_batch(1, 3)).acknowledged_sequence(), 3u);
    EXPECT_EQ(host.deliver(heartbeat()).acknowledged_sequence(), 3u) << "a heartbeat";
}

TEST_F(AgentServiceTest, AnAcknowledgedBatchSurvivesARestartOfTheConsole) {
    Host host(console_);
    EXPECT_EQ(host.deliver(block_batch(1, 3)).acknowledged_sequence(), 3u);
    console_.restart();
    wire::HttpsClient again = console_.agents_client(host.identity);
    const auto response = again.send({.method = "POST",
                                      .target = "/agent/v1/events",
                                      .headers = {},
                                      .body = wire::encode(block_batch(2, 4)).value()});
    wire::EventAck ack;
    ASSERT_TRUE(wire::decode(response->body, wire::kMaxEventAckBytes, ack).has_value());
    EXPECT_EQ(ack.acknowledged_sequence(), 4u);
    Person person(console_);
    ASSERT_EQ(person.sign_in(), 200);
    EXPECT_NE(person.call("GET", "/api/v1/incidents").body.find("\"count\":4,"), std::string::npos);
}

// Searches of people: as many as they have workers and more, all held up by an event file that another
// program has locked. Agents notice nothing.
TEST_F(AgentServiceTest, SearchesDoNotHoldUpEvents) {
    Host host(console_);
    Person person(console_);
    ASSERT_EQ(person.sign_in(), 200);
    sqlite3* locked = nullptr;
    ASSERT_EQ(sqlite3_open(event_file(console_.state().path, "9999-12").c_str(), &locked), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(locked, "BEGIN EXCLUSIVE; CREATE TABLE held(a)", nullptr, nullptr, nullptr),
              SQLITE_OK);
    std::vector<std::future<void>> searches;
    for (int i = 0; i < 12; ++i)
        searches.push_back(std::async(std::launch::async, [&] {
            wire::HttpsClient https = console_.people_client();
            std::ignore = https.send({.method = "GET",
                                      .target = "/api/v1/incidents?q=x",
                                      .headers = {{"Cookie", "modelward_session=" + person.cookie()}}});
        }));
    std::this_thread::sleep_for(std::chrono::milliseconds(500));  // they have begun
    EXPECT_EQ(host.deliver(block_batch(1, 3)).acknowledged_sequence(), 3u);
    for (const auto& search : searches)
        EXPECT_EQ(search.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
    sqlite3_exec(locked, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(locked);
}

TEST_F(AgentServiceTest, AUsedAWrongAndAnUnknownTokenAreRefused) {
    const std::string once = secret();
    EXPECT_EQ(enroll(console_, once, request()).status, 200);
    const auto again = enroll(console_, once, request());
    EXPECT_EQ(again.status, 403);
    EXPECT_NE(again.body.find("used already"), std::string::npos) << again.body;
    EXPECT_EQ(enroll(console_, "never made", request()).status, 403);
}

TEST_F(AgentServiceTest, AMalformedRequestLeavesTheTokenUsable) {
    const std::string token = secret();
    EXPECT_EQ(enroll(console_, token, {1, 2, 3}).status, 400);
    EXPECT_EQ(enroll(console_, token, request(), "no such\nname").status, 400);
    EXPECT_EQ(enroll(console_, token, request()).status, 200);
}

// Parsing what strangers send is for those who hold a token.
TEST_F(AgentServiceTest, TheTokenIsLookedAtBeforeTheRequest) {
    EXPECT_EQ(enroll(console_, "never made", {1, 2, 3}).status, 403);
    EXPECT_EQ(enroll(console_, "never made", request(), "no such\nname").status, 403);
}

TEST_F(AgentServiceTest, WithoutACertificateOnlyEnrollmentIsOpen) {
    wire::HttpsClient anonymous = console_.agents_client();
    EXPECT_EQ(anonymous.send({.method = "GET", .target = "/agent/v1/bundle"})->status, 403);
    const auto refused =
        anonymous.send({.method = "POST", .target = "/agent/v1/events", .headers = {}, .body = "x"});
    EXPECT_EQ(refused->status, 403);
    EXPECT_NE(refused->body.find("enroll this host"), std::string::npos);
    EXPECT_EQ(anonymous.send({.method = "GET", .target = "/api/v1/session"})->status, 404);
}

TEST_F(AgentServiceTest, ARevokedHostAndOneOfAnotherConsoleAreRefused) {
    Host host(console_);
    ASSERT_EQ(host.deliver(block_batch(1, 1)).acknowledged_sequence(), 1u);
    Person person(console_);
    ASSERT_EQ(person.sign_in(), 200);
    EXPECT_EQ(person.call("DELETE", "/api/v1/hosts/" + host.id).status, 204);
    const auto refused = host.call("POST", "/agent/v1/events", wire::encode(block_batch(2, 2)).value());
    EXPECT_EQ(refused.status, 403) << "on the connection that is open already";
    EXPECT_NE(refused.body.find("revoked"), std::string::npos);

    const auto stranger = wire::CertificateAuthority::create("Other", 10).value();
    const auto key = wire::PrivateKey::generate_p256().value();
    const auto certificate =
        stranger.issue_client(wire::make_certificate_request(key).value(), host.id, 10).value();
    wire::HttpsClient https =
        console_.agents_client(wire::TlsIdentity{certificate.to_pem().value(), key.to_pem().value()});
    EXPECT_EQ(https.send({.method = "GET", .target = "/agent/v1/bundle"}).error().code(), ErrorCode::kDenied);
}

TEST_F(AgentServiceTest, AHostRenewsItsCertificateForItselfOnly) {
    Host host(console_);
    const auto key = wire::PrivateKey::generate_p256().value();
    const auto der = wire::make_certificate_request(key).value();
    wire::RenewRequest message;
    message.set_certificate_request_der(der.data(), der.size());
    const std::string body = wire::encode(message).value();
    const auto response = host.call("POST", "/agent/v1/renew", body);
    ASSERT_EQ(response.status, 200) << response.body;
    wire::RenewResponse renewed;
    ASSERT_TRUE(wire::decode(response.body, wire::kMaxEnrollBytes, renewed).has_value());
    EXPECT_EQ(wire::Certificate::from_pem(renewed.certificate_pem())->common_name().value(), host.id);
    wire::HttpsClient again =
        console_.agents_client(wire::TlsIdentity{renewed.certificate_pem(), key.to_pem().value()});
    EXPECT_EQ(again.send({.method = "GET", .target = "/agent/v1/bundle"})->status, 200);
    EXPECT_EQ(host.deliver(block_batch(1, 1)).acknowledged_sequence(), 1u) << "the old one is good still";

    EXPECT_EQ(host.call("POST", "/agent/v1/renew", "noise").status, 400);
    wire::RenewRequest broken;
    broken.set_certificate_request_der("noise");
    EXPECT_EQ(host.call("POST", "/agent/v1/renew", wire::encode(broken).value()).status, 400);
    wire::HttpsClient anonymous = console_.agents_client();
    EXPECT_EQ(
        anonymous.send({.method = "POST", .target = "/agent/v1/renew", .headers = {}, .body = body})->status,
        403);
    Person person(console_);
    ASSERT_EQ(person.sign_in(), 200);
    EXPECT_NE(person.call("GET", "/api/v1/hosts").body.find("\"certificate_days_left\":364"),
              std::string::npos);
    ASSERT_EQ(person.call("DELETE", "/api/v1/hosts/" + host.id).status, 204);
    EXPECT_EQ(host.call("POST", "/agent/v1/renew", body).status, 403) << "revoked";
}

TEST_F(AgentServiceTest, MalformedBatchesAreRefusedAndNothingOfThemIsStored) {
    Host host(console_);
    wire::EventBatch disordered = block_batch(1, 3);
    disordered.mutable_events(2)->set_sequence(1);
    EXPECT_EQ(host.call("POST", "/agent/v1/events", wire::encode(disordered).value()).status, 400);
    EXPECT_EQ(host.call("POST", "/agent/v1/events", "noise").status, 400);
    EXPECT_EQ(host.call("POST", "/agent/v1/events", "").status, 400);
    const std::string bomb = wire::compress(std::string(64 << 20, '\0')).value();
    EXPECT_EQ(host.call("POST", "/agent/v1/events", bomb).status, 413);
    EXPECT_EQ(host.deliver(heartbeat()).acknowledged_sequence(), 0u);
}

TEST_F(AgentServiceTest, ABodyBeyondTheLimitIsRefusedByItsLength) {
    Host host(console_);
    EXPECT_EQ(host.call("POST", "/agent/v1/events", std::string(wire::kMaxEventBatchBytes + 1, 'x')).status,
              413);
    wire::HttpsClient anonymous = console_.agents_client();
    EXPECT_EQ(anonymous
                  .send({.method = "POST",
                         .target = "/agent/v1/enroll",
                         .headers = {},
                         .body = std::string(65537, 'x')})
                  ->status,
              413);
}

TEST_F(AgentServiceTest, TheBundleIsServedWhenItIsNewAndItsSignatureHolds) {
    Host host(console_);
    const auto key = wire::bundle_public_key_from(
        std::span(reinterpret_cast<const std::uint8_t*>(host.enrolled.bundle_public_key().data()),
                  host.enrolled.bundle_public_key().size()));
    const auto response = host.call("GET", "/agent/v1/bundle?have=0");
    ASSERT_EQ(response.status, 200);
    wire::SignedBundle signed_bundle;
    ASSERT_TRUE(wire::decode(response.body, wire::kMaxBundleBytes, signed_bundle).has_value());
    const auto bundle = wire::verify_bundle(signed_bundle, *key, 0);
    ASSERT_TRUE(bundle.has_value()) << bundle.error().message();
    EXPECT_EQ(bundle->version(), 1u);
    EXPECT_EQ(bundle->rules_size(), static_cast<int>(rules::read_pack(MODELWARD_CORE_PACK)->rules.size()));
    EXPECT_EQ(host.call("GET", "/agent/v1/bundle?have=1").status, 304);
    EXPECT_EQ(host.deliver(heartbeat()).bundle_version(), 1u);
}

}  // namespace
}  // namespace modelward::console
