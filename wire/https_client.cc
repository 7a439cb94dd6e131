// SPDX-License-Identifier: Apache-2.0
#include "wire/https_client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cctype>

#include "wire/tls_stream.h"

namespace modelward::wire {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using SystemError = boost::system::error_code;

bool is_connection_lost(const SystemError& error) {
    return error == asio::error::eof || error == asio::error::connection_reset ||
           error == asio::error::broken_pipe || error == http::error::end_of_stream ||
           error == http::error::partial_message;
}

bool is_certificate_alert(const SystemError& error) {
    if (error.category() != tls_category()) return false;
    switch (ERR_GET_REASON(static_cast<unsigned int>(error.value()))) {
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
        case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
            return true;
        default:
            return false;
    }
}

HttpsResponse head_of(const http::response_header<>& header) {
    HttpsResponse response;
    response.status = static_cast<int>(header.result_int());
    for (const auto& field : header) {
        response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    return response;
}

}  // namespace

struct HttpsClient::State {
    State(HttpsClientOptions given, TlsContext tls) : options(std::move(given)), context(std::move(tls)) {}

    HttpsClientOptions options;
    TlsContext context;
    asio::io_context io{1};
    std::optional<TlsStream> stream;
    boost::beast::flat_buffer buffer;
    Clock::time_point deadline;

    std::string peer() const { return options.host + " port " + options.port; }

    // Runs one asynchronous operation to its end, or to the deadline and then to its cancellation.
    template <typename Start>
    SystemError run(tcp::socket& socket, Start start) {
        std::optional<SystemError> outcome;
        start([&outcome](SystemError error, auto&&...) { outcome = error; });
        io.restart();
        io.run_until(deadline);
        if (outcome) return *outcome;
        SystemError ignored;
        socket.close(ignored);
        io.restart();
        io.run();
        return asio::error::timed_out;
    }
    template <typename Start>
    SystemError run(Start start) {
        return run(stream->socket(), std::move(start));
    }

    std::unexpected<Error> failure(const SystemError& error, std::string_view doing) {
        if (stream && !stream->verification_failure().empty()) {
            return fail(ErrorCode::kDenied, "the certificate of " + peer() +
                                                " is not trusted: " + stream->verification_failure());
        }
        const std::string text = std::string(doing) + " " + peer() + ": " + error.message();
        if (is_certificate_alert(error)) return fail(ErrorCode::kDenied, text);
        if (error == http::error::body_limit || error == http::error::header_limit ||
            error == http::error::buffer_overflow) {
            return fail(ErrorCode::kLimit, text);
        }
        const bool malformed = error.category() == make_error_code(http::error::bad_version).category() &&
                               !is_connection_lost(error);
        return fail(malformed ? ErrorCode::kInvalid : ErrorCode::kUnavailable, text);
    }

    Result<void> connect() {
        deadline = Clock::now() + options.connect_timeout;
        stream.reset();
        buffer.clear();
        tcp::socket socket(io);
        tcp::resolver resolver(io);
        tcp::resolver::results_type found;
        SystemError error = run(socket, [&](auto handler) {
            resolver.async_resolve(options.host, options.port,
                                   [&, handler](SystemError e, auto results) mutable {
                                       found = std::move(results);
                                       handler(e);
                                   });
        });
        if (error) return failure(error, "look up");
        error = run(socket, [&](auto handler) { asio::async_connect(socket, found, std::move(handler)); });
        if (error) return failure(error, "connect to");
        stream.emplace(std::move(socket), context, TlsStream::Role::kClient);
        auto outcome = stream->expect_server(options.host);
        if (outcome) {
            error = run([&](auto handler) { stream->async_handshake(std::move(handler)); });
            if (error) outcome = failure(error, "TLS handshake with");
        }
        if (!outcome) stream.reset();
        return outcome;
    }

    SystemError write(const HttpsRequest& request) {
        http::request<http::string_body> message;
        message.method_string(request.method);
        message.target(request.target);
        message.version(11);
        message.set(http::field::host, host_field());
        for (const auto& [name, value] : request.headers)
            message.insert(name, value);
        message.body() = request.body;
        message.prepare_payload();
        return run([&](auto handler) { http::async_write(*stream, message, std::move(handler)); });
    }

    std::string host_field() const {
        const bool is_ipv6 = options.host.find(':') != std::string::npos;
        return (is_ipv6 ? "[" + options.host + "]" : options.host) + ":" + options.port;
    }

    // One request on the connection as it is. `reply_started`: some of the answer arrived.
    Result<HttpsResponse> exchange(const HttpsRequest& request, bool& reply_started) {
        deadline = Clock::now() + options.request_timeout;
        http::response_parser<http::string_body> parser;
        parser.body_limit(options.max_response_bytes);
        if (request.method == "HEAD") parser.skip(true);
        const SystemError written = write(request);
        // Even when writing failed, the server may have said why before it hung up.
        SystemError error =
            run([&](auto handler) { http::async_read(*stream, buffer, parser, std::move(handler)); });
        reply_started = parser.got_some();
        if (!error) {
            HttpsResponse response = head_of(parser.get());
            response.body = std::move(parser.get().body());
            if (!parser.keep_alive() || written) stream.reset();
            return response;
        }
        const auto result =
            failure(written && !reply_started && is_connection_lost(error) ? written : error, "request to");
        stream.reset();
        return result;
    }
};

HttpsClient::HttpsClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpsClient::~HttpsClient() = default;
HttpsClient::HttpsClient(HttpsClient&&) noexcept = default;
HttpsClient& HttpsClient::operator=(HttpsClient&&) noexcept = default;

Result<HttpsClient> HttpsClient::create(HttpsClientOptions options) {
    auto context = TlsContext::client(options.trust, options.identity ? &*options.identity : nullptr);
    if (!context) return fail(context.error());
    return HttpsClient(std::make_unique<State>(std::move(options), std::move(*context)));
}

Result<HttpsResponse> HttpsClient::send(const HttpsRequest& request) {
    const bool reused = state_->stream.has_value();
    if (!reused) {
        if (auto connected = state_->connect(); !connected) return fail(connected.error());
    }
    bool reply_started = false;
    auto response = state_->exchange(request, reply_started);
    const bool closed_while_idle = !response && reused && !reply_started &&
                                   response.error().code() == ErrorCode::kUnavailable &&
                                   Clock::now() < state_->deadline;
    if (!closed_while_idle) return response;
    if (auto connected = state_->connect(); !connected) return fail(connected.error());
    return state_->exchange(request, reply_started);
}

Result<HttpsResponse> HttpsClient::stream(const HttpsRequest& request,
                                          const std::function<bool(std::string_view)>& on_body) {
    if (auto connected = state_->connect(); !connected) return fail(connected.error());
    state_->deadline = Clock::now() + state_->options.request_timeout;
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    SystemError error = state_->write(request);
    if (!error) {
        error = state_->run([&](auto handler) {
            http::async_read_header(*state_->stream, state_->buffer, parser, std::move(handler));
        });
    }
    bool wanted = true;
    char block[8192];
    while (!error && wanted && !parser.is_done()) {
        parser.get().body() = {block, sizeof block, true};
        error = state_->run([&](auto handler) {
            http::async_read_some(*state_->stream, state_->buffer, parser, std::move(handler));
        });
        if (error == http::error::need_buffer) error = {};
        const std::size_t count = sizeof block - parser.get().body().size;
        if (count > 0) wanted = on_body({block, count});
    }
    Result<HttpsResponse> result = head_of(parser.get());
    if (error && wanted && !(is_connection_lost(error) && parser.is_header_done())) {
        result = state_->failure(error, "stream from");
    }
    disconnect();
    return result;
}

void HttpsClient::disconnect() {
    if (state_->stream) state_->stream->send_close_notify();
    state_->stream.reset();
    state_->buffer.clear();
}

std::string HttpsResponse::header(std::string_view name) const {
    const auto same = [](char a, char b) { return std::tolower(a) == std::tolower(b); };
    for (const auto& [key, value] : headers) {
        if (std::ranges::equal(key, name, same)) return value;
    }
    return {};
}

Result<Endpoint> parse_endpoint(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    const auto malformed = fail(ErrorCode::kInvalid, "'" + std::string(text) + "' is not HOST:PORT");
    if (colon == std::string_view::npos) return malformed;
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    const bool digits = std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
    const bool colons_belong = bracketed || host.find(':') == std::string_view::npos;
    if (host.empty() || port.empty() || port.size() > 5 || !digits || !colons_belong) return malformed;
    return Endpoint{std::string(host), std::string(port)};
}

}  // namespace modelward::wire
