// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "agent/uplink/uplink.h"
#include "wire/codec.h"

namespace modelward::agent {
namespace {

// A status that is not a success. What the console says is shown, shortened: it may be anything.
std::unexpected<Error> refused(const wire::HttpsResponse& response, const std::string& what) {
    const bool later = response.status >= 500 || response.status == 429;
    std::string said = response.body.substr(0, 200);
    for (auto& c : said)
        if (c < 0x20 || c > 0x7e) c = ' ';
    return fail(later ? ErrorCode::kUnavailable : ErrorCode::kDenied, what + ": the console answered " +
                                                                          std::to_string(response.status) +
                                                                          (said.empty() ? "" : ": " + said));
}

Result<wire::EventAck> send_batch(wire::HttpsClient& client, const wire::EventBatch& batch) {
    auto body = wire::encode(batch);
    if (!body) return fail(body.error());
    auto response =
        client.send({"POST", "/agent/v1/events", {{"Content-Type", "application/x-protobuf+zstd"}}, *body});
    if (!response) return fail(response.error());
    if (response->status != 200) return refused(*response, "events");
    wire::EventAck ack;
    if (auto decoded = wire::decode(response->body, wire::kMaxEventAckBytes, ack); !decoded)
        return fail(decoded.error());
    return ack;
}

Result<std::optional<wire::SignedBundle>> fetch_bundle(wire::HttpsClient& client, std::uint64_t have) {
    auto response = client.send({"GET", "/agent/v1/bundle?have=" + std::to_string(have), {}, {}});
    if (!response) return fail(response.error());
    if (response->status == 304) return std::nullopt;
    if (response->status != 200) return refused(*response, "bundle");
    wire::SignedBundle bundle;
    if (auto decoded = wire::decode(response->body, wire::kMaxBundleBytes, bundle); !decoded)
        return fail(decoded.error().with_context("bundle"));
    return bundle;
}

Result<wire::RenewResponse> renew(wire::HttpsClient& client, const std::string& request_der) {
    wire::RenewRequest request;
    request.set_certificate_request_der(request_der);
    auto body = wire::encode(request);
    if (!body) return fail(body.error());
    auto response =
        client.send({"POST", "/agent/v1/renew", {{"Content-Type", "application/x-protobuf+zstd"}}, *body});
    if (!response) return fail(response.error());
    if (response->status != 200) return refused(*response, "renewal of the certificate");
    wire::RenewResponse renewed;
    if (auto decoded = wire::decode(response->body, wire::kMaxEnrollBytes, renewed); !decoded)
        return fail(decoded.error().with_context("renewal of the certificate"));
    return renewed;
}

}  // namespace

Result<Uplink::Perform> perform_over_https(wire::HttpsClientOptions options) {
    options.max_response_bytes = wire::kMaxBundleBytes;
    // The agent's end waits for a call under way.
    options.connect_timeout = std::chrono::seconds(5);
    options.request_timeout = std::chrono::seconds(20);
    auto client = wire::HttpsClient::create(options);
    if (!client) return fail(client.error());
    // A bundle may be large and the line slow; still less than what a service manager waits for the end.
    options.request_timeout = std::chrono::seconds(75);
    auto bundles = wire::HttpsClient::create(std::move(options));
    if (!bundles) return fail(bundles.error());
    return [client = std::make_shared<wire::HttpsClient>(std::move(*client)),
            bundles = std::make_shared<wire::HttpsClient>(std::move(*bundles))](
               const UplinkJob& job) -> UplinkOutcome {
        if (const auto* send = std::get_if<SendBatch>(&job)) return send_batch(*client, send->batch);
        if (const auto* ask = std::get_if<RenewCertificate>(&job)) return renew(*client, ask->request_der);
        auto bundle = fetch_bundle(*bundles, std::get<FetchBundle>(job).have);
        bundles->disconnect();  // seldom needed: not worth a connection at the console
        return bundle;
    };
}

}  // namespace modelward::agent
