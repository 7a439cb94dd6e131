// SPDX-License-Identifier: Apache-2.0
#include "console/server/testing/running_console.h"

#include <gtest/gtest.h>

#include "console/server/clock.h"
#include "console/server/enrollment.h"
#include "console/server/initialize.h"
#include "console/server/testing/openapi.h"
#include "wire/certificate.h"
#include "wire/codec.h"
#include "wire/enrollment_token.h"
#include "wire/secret_file.h"

namespace modelward::console {
namespace {

// A busy disk may hold a commit for half a minute; that is no failure of what is tested.
constexpr auto kPatience = std::chrono::minutes(5);

const std::filesystem::path& initialised_once() {
    static const TemporaryDirectory kDirectory;
    static const bool kDone = [] {
        const InitializeOptions options{
            {kDirectory.path() / "state"}, {"localhost"}, kTestPassword, MODELWARD_CORE_PACK};
        const auto done = initialize(options);
        EXPECT_TRUE(done.has_value()) << done.error().message();
        return true;
    }();
    (void)kDone;
    return kDirectory.path();
}

}  // namespace

RunningConsole::RunningConsole() : state_{directory_.path() / "state"} {
    std::filesystem::copy(initialised_once() / "state", state_.path,
                          std::filesystem::copy_options::recursive);
    ca_pem_ = wire::read_small_file(state_.ca_certificate()).value_or("");
    start();
}

void RunningConsole::start() {
    auto opened = Console::open({.state = state_,
                                 .listen = "127.0.0.1:0",
                                 .agents_listen = "127.0.0.1:0",
                                 .now_ms = [this] { return unix_ms_now() + ahead_ms_; },
                                 .stream_check = std::chrono::milliseconds(100)});
    EXPECT_TRUE(opened.has_value()) << opened.error().message();
    console_ = std::move(*opened);
    console_->start();
}

void RunningConsole::restart() {
    console_.reset();
    start();
}

wire::HttpsClient RunningConsole::people_client() const {
    wire::HttpsClientOptions options{.host = "127.0.0.1", .port = std::to_string(console_->people_port())};
    options.trust = wire::TrustCa{ca_pem_};
    options.request_timeout = kPatience;
    options.connect_timeout = kPatience;
    return wire::HttpsClient::create(std::move(options)).value();
}

wire::HttpsClient RunningConsole::agents_client(const std::optional<wire::TlsIdentity>& identity) const {
    wire::HttpsClientOptions options{.host = "127.0.0.1", .port = std::to_string(console_->agents_port())};
    options.trust = wire::TrustCa{ca_pem_};
    options.request_timeout = kPatience;
    options.connect_timeout = kPatience;
    options.identity = identity;
    return wire::HttpsClient::create(std::move(options)).value();
}

std::string RunningConsole::new_token(std::int64_t valid_minutes) const {
    auto config = ConfigDatabase::open(state_.config_database(), false);
    const auto authority = load_authority(state_);
    return create_enrollment_token(**config, *authority, valid_minutes, unix_ms_now(), {"tester", ""})->text;
}

wire::HttpsResponse Person::call(const std::string& method, const std::string& target,
                                 const std::string& body) {
    wire::HttpsRequest request{.method = method, .target = target};
    if (sends_header) request.headers.emplace_back("X-Requested-With", "modelward");
    if (!cookie_.empty()) request.headers.emplace_back("Cookie", "other=1; modelward_session=" + cookie_);
    request.body = body;
    const auto response = https_.send(request);
    EXPECT_TRUE(response.has_value()) << response.error().message();
    const std::string problem = response ? undocumented(method, target, response->status) : "";
    EXPECT_EQ(problem, "") << method << ' ' << target;
    return response.value_or(wire::HttpsResponse());
}

int Person::sign_in(const std::string& username, const std::string& password) {
    const auto response = call("POST", "/api/v1/session",
                               R"({"username":")" + username + R"(","password":")" + password + R"("})");
    const std::string cookie = response.header("Set-Cookie");
    const std::size_t equals = cookie.find('=');
    if (response.status == 200) cookie_ = cookie.substr(equals + 1, cookie.find(';') - equals - 1);
    return response.status;
}

wire::HttpsResponse enroll(const RunningConsole& console, const std::string& token_secret,
                           const std::vector<std::uint8_t>& request_der, const std::string& hostname) {
    wire::EnrollRequest message;
    message.set_token_secret(token_secret);
    message.set_certificate_request_der(request_der.data(), request_der.size());
    message.set_hostname(hostname);
    wire::HttpsClient https = console.agents_client();
    const auto response = https.send({.method = "POST",
                                      .target = "/agent/v1/enroll",
                                      .headers = {},
                                      .body = wire::encode(message).value()});
    EXPECT_TRUE(response.has_value()) << response.error().message();
    return response.value_or(wire::HttpsResponse());
}

Host::Host(const RunningConsole& console, const std::string& name) {
    const auto token = wire::parse_enrollment_token(console.new_token());
    const auto key = wire::PrivateKey::generate_p256();
    const auto response = enroll(console, token->secret, wire::make_certificate_request(*key).value(), name);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_TRUE(wire::decode(response.body, wire::kMaxEnrollBytes, enrolled).has_value());
    id = enrolled.host_id();
    identity = {enrolled.certificate_pem(), key->to_pem().value()};
    https_.emplace(console.agents_client(identity));
}

wire::HttpsResponse Host::call(const std::string& method, const std::string& target,
                               const std::string& body) {
    const auto response = https_->send({.method = method, .target = target, .headers = {}, .body = body});
    EXPECT_TRUE(response.has_value()) << response.error().message();
    return response.value_or(wire::HttpsResponse());
}

wire::EventAck Host::deliver(const wire::EventBatch& batch) {
    const auto response = call("POST", "/agent/v1/events", wire::encode(batch).value());
    EXPECT_EQ(response.status, 200) << response.body;
    wire::EventAck ack;
    EXPECT_TRUE(wire::decode(response.body, wire::kMaxEventAckBytes, ack).has_value());
    return ack;
}

}  // namespace modelward::console
