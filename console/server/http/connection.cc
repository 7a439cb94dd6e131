// SPDX-License-Identifier: Apache-2.0
#include "console/server/http/connection.h"

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

#include "console/server/http/live_writer.h"
#include "console/server/http/watchdog.h"
#include "wire/tls_stream.h"

namespace modelward::console {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::redirect_error;
using asio::use_awaitable;
using SystemError = boost::system::error_code;

constexpr std::size_t kMaxHeadBytes = 16 << 10;
constexpr std::uint64_t kAbsoluteBodyBytes = 256 << 20;
constexpr auto kHandshakeTime = std::chrono::seconds(10);
constexpr auto kIdleTime = std::chrono::seconds(120);
constexpr auto kBodyTime = std::chrono::seconds(120);
constexpr auto kHandlerTime = std::chrono::seconds(120);
constexpr auto kWriteTime = std::chrono::seconds(120);

using Parser = http::request_parser<http::string_body>;

Request head_of(const http::request_header<>& header, const std::string& peer,
                const std::optional<std::string>& certificate_name) {
    Request request;
    request.method = std::string(header.method_string());
    const std::string_view target(header.target().data(), header.target().size());
    const std::size_t question = std::min(target.find('?'), target.size());
    request.path = target.substr(0, question);
    request.query = target.substr(std::min(question + 1, target.size()));
    for (const auto& field : header) {
        request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    request.peer_address = peer;
    request.certificate_name = certificate_name;
    return request;
}

Response refusal(int status, const std::string& text) {
    Response response{.status = status, .content_type = "text/plain; charset=utf-8"};
    response.body = text + "\n";
    response.close = true;
    return response;
}

class Connection {
  public:
    Connection(asio::ip::tcp::socket socket, const wire::TlsContext& context, Service& service)
        : stream_(std::move(socket), context, wire::TlsStream::Role::kServer),
          watchdog_(stream_),
          service_(service) {
        SystemError ignored;
        peer_ = stream_.socket().remote_endpoint(ignored).address().to_string();
    }

    asio::awaitable<void> run() {
        SystemError error;
        watchdog_.arm(kHandshakeTime);
        co_await stream_.async_handshake(redirect_error(use_awaitable, error));
        if (error) co_return;
        if (const auto certificate = stream_.peer_certificate()) {
            // A certificate without a usable name is one of nobody: the service refuses the empty name.
            certificate_name_ = certificate->common_name().value_or("");
        }
        bool more = true;
        while (more)
            more = co_await serve_one();
        watchdog_.disarm();
        stream_.send_close_notify();
        stream_.close();
    }

  private:
    asio::awaitable<bool> serve_one() {
        Parser parser;
        parser.header_limit(kMaxHeadBytes);
        parser.body_limit(kAbsoluteBodyBytes);
        SystemError error;
        watchdog_.arm(kIdleTime);
        co_await http::async_read_header(stream_, buffer_, parser, redirect_error(use_awaitable, error));
        if (error) co_return co_await refuse_malformed(error);
        Request request = head_of(parser.get(), peer_, certificate_name_);
        auto limiting = service_.body_limit(request);  // a variable, as below
        const std::size_t limit = co_await std::move(limiting);
        if (parser.content_length().value_or(0) > limit) co_return co_await refuse_long(limit);
        parser.body_limit(limit);
        if (request.header("expect") == "100-continue") {
            static constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
            co_await asio::async_write(stream_, asio::buffer(kGoOn), redirect_error(use_awaitable, error));
            if (error) co_return false;
        }
        watchdog_.arm(kBodyTime);
        co_await http::async_read(stream_, buffer_, parser, redirect_error(use_awaitable, error));
        if (error == http::error::body_limit) co_return co_await refuse_long(limit);
        if (error) co_return co_await refuse_malformed(error);
        request.body = std::move(parser.get().body());
        const bool head_only = request.method == "HEAD";
        watchdog_.arm(kHandlerTime);
        // A variable, because GCC 12 destroys some temporaries of a co_await twice.
        auto handling = service_.handle(std::move(request));
        const Response response = co_await std::move(handling);
        if (response.live && !head_only) {
            co_await write_live(stream_, watchdog_, response, service_.workers());
            co_return false;
        }
        const bool keep_alive = parser.keep_alive() && !response.close && !response.live;
        const bool written = co_await write(response, keep_alive, head_only);
        co_return written&& keep_alive;
    }

    asio::awaitable<bool> write(const Response& response, bool keep_alive, bool head_only) {
        const std::string head = response_head(response, keep_alive);
        const bool bodiless = head_only || response.status == 204 || response.status == 304;
        const std::string_view body = bodiless ? std::string_view() : response.body_view();
        const std::array<asio::const_buffer, 2> parts{asio::buffer(head),
                                                      asio::buffer(body.data(), body.size())};
        SystemError error;
        watchdog_.arm(kWriteTime);
        co_await asio::async_write(stream_, parts, redirect_error(use_awaitable, error));
        co_return !error;
    }

    asio::awaitable<bool> refuse_long(std::size_t limit) {
        const Response response = refusal(413, "the body is longer than " + std::to_string(limit) + " bytes");
        co_await write(response, false, false);
        co_return false;
    }

    asio::awaitable<bool> refuse_malformed(SystemError error) {
        const bool is_http = error.category() == make_error_code(http::error::bad_method).category();
        if (!is_http || error == http::error::end_of_stream || error == http::error::partial_message)
            co_return false;
        const int status = error == http::error::header_limit ? 431 : 400;
        const Response response = refusal(status, "malformed request: " + error.message());
        co_await write(response, false, false);
        co_return false;
    }

    wire::TlsStream stream_;
    Watchdog watchdog_;
    Service& service_;
    boost::beast::flat_buffer buffer_;
    std::string peer_;
    std::optional<std::string> certificate_name_;
};

}  // namespace

asio::awaitable<void> serve_connection(asio::ip::tcp::socket socket, const wire::TlsContext& context,
                                       Service& service) {
    Connection connection(std::move(socket), context, service);
    co_await connection.run();
}

}  // namespace modelward::console
