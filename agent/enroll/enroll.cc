// SPDX-License-Identifier: Apache-2.0
#include "agent/enroll/enroll.h"

#include <algorithm>
#include <span>

#include "base/printable.h"
#include "wire/certificate.h"
#include "wire/codec.h"
#include "wire/enrollment_token.h"
#include "wire/private_key.h"

namespace modelward::agent {
namespace {

constexpr std::size_t kShownOfRefusal = 300;  // bytes of what the console answered

Result<Identity> identity_from(const wire::EnrollResponse& response, const wire::Sha256& ca_pin) {
    auto certificate = wire::Certificate::from_pem(response.certificate_pem());
    if (!certificate) return fail(certificate.error().with_context("the console's answer"));
    auto ca = wire::Certificate::from_pem(response.ca_pem());
    if (!ca) return fail(ca.error().with_context("the console's answer"));
    const auto pin = ca->pin();
    if (!pin || *pin != ca_pin)
        return fail(ErrorCode::kDenied,
                    "the console's answer holds another CA certificate than the token promises");
    const auto& key = response.bundle_public_key();
    auto bundle_key = wire::bundle_public_key_from(
        std::span(reinterpret_cast<const std::uint8_t*>(key.data()), key.size()));
    if (!bundle_key) return fail(bundle_key.error().with_context("the console's answer"));
    return Identity{response.host_id(), {}, {}, response.certificate_pem(), response.ca_pem(), *bundle_key};
}

}  // namespace

// The calls of the port for people answer in JSON, those of the port for agents in plain text.
Error refusal_of(const wire::HttpsResponse& response) {
    if (response.header("Content-Type").starts_with("application/json"))
        return {ErrorCode::kInvalid,
                "this is the console's port for people: --console takes its port for agents (8444 unless "
                "configured otherwise); the token was not used"};
    std::string_view said(response.body);
    said = said.substr(0, std::min(said.find_last_not_of("\r\n") + 1, kShownOfRefusal));
    return {
        response.status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kDenied,
        "the console refused the enrolment (" + std::to_string(response.status) + "): " + as_printable(said)};
}

Result<Identity> enroll(const std::filesystem::path& state_dir, const std::string& console,
                        std::string_view token_text, const std::string& hostname) {
    auto token = wire::parse_enrollment_token(token_text);
    if (!token) return fail(token.error());
    auto endpoint = wire::parse_endpoint(console);
    if (!endpoint) return fail(endpoint.error().with_context("--console"));
    auto key = wire::PrivateKey::generate_p256();
    if (!key) return fail(key.error());
    auto key_pem = key->to_pem();
    if (!key_pem) return fail(key_pem.error());
    auto request_der = wire::make_certificate_request(*key);
    if (!request_der) return fail(request_der.error());

    wire::EnrollRequest request;
    request.set_token_secret(token->secret);
    request.set_certificate_request_der(request_der->data(), request_der->size());
    request.set_hostname(hostname);
    auto body = wire::encode(request);
    if (!body) return fail(body.error());

    wire::HttpsClientOptions options;
    options.host = endpoint->host;
    options.port = endpoint->port;
    options.trust = wire::TrustPinnedCa{token->ca_pin};
    options.max_response_bytes = wire::kMaxEnrollBytes;
    auto client = wire::HttpsClient::create(std::move(options));
    if (!client) return fail(client.error());
    if (auto prepared = prepare_to_save_identity(state_dir); !prepared)
        return fail(prepared.error().with_context("the token was not used"));
    auto response =
        client->send({"POST", "/agent/v1/enroll", {{"Content-Type", "application/x-protobuf+zstd"}}, *body});
    if (!response) return fail(response.error());
    if (response->status != 200) return fail(refusal_of(*response));
    wire::EnrollResponse enrolled;
    if (auto decoded = wire::decode(response->body, wire::kMaxEnrollBytes, enrolled); !decoded)
        return fail(decoded.error().with_context("the console's answer"));
    auto identity = identity_from(enrolled, token->ca_pin);
    if (!identity) return fail(identity.error());
    identity->key_pem = std::move(*key_pem);
    identity->console = console;
    if (auto saved = save_identity(state_dir, *identity); !saved) return fail(saved.error());
    return identity;
}

}  // namespace modelward::agent
