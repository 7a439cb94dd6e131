// SPDX-License-Identifier: Apache-2.0
#include "cli/console_client.h"

namespace modelward::cli {
namespace {

constexpr std::string_view kCookieName = "modelward_session=";
constexpr std::size_t kMaxReplyBytes = 256 << 20;

ErrorCode code_of(int status) {
    switch (status) {
        case 401:
        case 403:
        case 429:
            return ErrorCode::kDenied;
        case 404:
            return ErrorCode::kNotFound;
        case 409:
            return ErrorCode::kConflict;
        case 413:
            return ErrorCode::kLimit;
        case 503:
            return ErrorCode::kUnavailable;
        default:
            return status >= 500 ? ErrorCode::kInternal : ErrorCode::kInvalid;
    }
}

std::string session_cookie(const wire::HttpsResponse& response) {
    const std::string cookie = response.header("Set-Cookie");
    if (!cookie.starts_with(kCookieName)) return {};
    return cookie.substr(kCookieName.size(), cookie.find(';') - kCookieName.size());
}

}  // namespace

Result<ConsoleClient> ConsoleClient::open(ConsoleSession session) {
    const auto endpoint = wire::parse_endpoint(session.console);
    if (!endpoint) return fail(endpoint.error().with_context("console"));
    wire::HttpsClientOptions options;
    options.host = endpoint->host;
    options.port = endpoint->port;
    options.max_response_bytes = kMaxReplyBytes;
    if (!session.ca_pem.empty()) options.trust = wire::TrustCa{session.ca_pem};
    auto client = wire::HttpsClient::create(std::move(options));
    if (!client) return fail(client.error());
    return ConsoleClient(std::move(session), std::move(*client));
}

Result<ConsoleClient> ConsoleClient::open_saved() {
    auto session = load_session();
    if (!session) return fail(session.error());
    return open(std::move(*session));
}

Result<Reply> ConsoleClient::call(const std::string& method, const std::string& target, const Json& body) {
    wire::HttpsRequest request{.method = method, .target = target};
    request.headers.emplace_back("X-Requested-With", "modelward");
    if (!session_.token.empty())
        request.headers.emplace_back("Cookie", std::string(kCookieName) + session_.token);
    if (!body.is_null()) {
        request.headers.emplace_back("Content-Type", "application/json");
        request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    const auto response = client_.send(request);
    if (!response) {
        const bool system_store = session_.ca_pem.empty() && response.error().code() == ErrorCode::kDenied;
        if (!system_store) return fail(response.error());
        return fail(ErrorCode::kDenied,
                    response.error().message() +
                        " (sign in with --ca FILE, the ca.pem of the console's state directory)");
    }
    Reply reply{response->status, nullptr, session_cookie(*response), response->header("Retry-After")};
    if (response->body.empty()) return reply;
    reply.body = Json::parse(response->body, nullptr, false);
    if (reply.body.is_discarded()) {
        return fail(ErrorCode::kInvalid, session_.console + " answered " + std::to_string(response->status) +
                                             " without JSON: is it a Modelward console's port for people?");
    }
    return reply;
}

Result<Json> ConsoleClient::require(const std::string& method, const std::string& target, const Json& body) {
    auto reply = call(method, target, body);
    if (!reply) return fail(reply.error());
    if (reply->status >= 400) return fail(error_of(*reply));
    return std::move(reply->body);
}

Error error_of(const Reply& reply) {
    std::string message = "the console answered " + std::to_string(reply.status);
    const auto pointer = Json::json_pointer("/error/message");
    if (reply.body.is_object() && reply.body.contains(pointer) && reply.body[pointer].is_string()) {
        message = reply.body[pointer].get<std::string>();
    }
    if (reply.status == 401 && message == "sign in first")
        message = "the session has ended: run `modelward login` again";
    if (!reply.retry_after.empty())
        message += " (in " + reply.retry_after + (reply.retry_after == "1" ? " second)" : " seconds)");
    return {code_of(reply.status), message};
}

std::string url_encoded(std::string_view text) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            encoded += c;
            continue;
        }
        encoded += '%';
        encoded += kDigits[static_cast<unsigned char>(c) >> 4];
        encoded += kDigits[static_cast<unsigned char>(c) & 0xF];
    }
    return encoded;
}

}  // namespace modelward::cli
