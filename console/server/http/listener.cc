// SPDX-License-Identifier: Apache-2.0
#include "console/server/http/listener.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>

#include "console/server/http/connection.h"
#include "console/server/log.h"
#include "wire/https_client.h"

namespace modelward::console {
namespace {

namespace asio = boost::asio;
using SystemError = boost::system::error_code;

constexpr auto kSayEvery = std::chrono::minutes(1);  // a flood must not flood the log, too
constexpr auto kPauseAfterError =
    std::chrono::milliseconds(200);  // out of descriptors: others have to close first

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(asio::io_context& io, const std::string& address,
                                                 const wire::TlsContext& context, Service& service,
                                                 int max_connections) {
    const auto endpoint = wire::parse_endpoint(address);
    if (!endpoint) return fail(endpoint.error());
    SystemError error;
    const auto ip = asio::ip::make_address(endpoint->host, error);
    const unsigned long port = std::stoul(endpoint->port);
    if (error || port > 65535) return fail(ErrorCode::kInvalid, "'" + address + "' is not ADDRESS:PORT");
    std::unique_ptr<Listener> listener(new Listener(io, context, service, max_connections));
    asio::ip::tcp::acceptor& acceptor = listener->acceptor_;
    acceptor.open(ip.is_v6() ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind({ip, static_cast<std::uint16_t>(port)}, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(ErrorCode::kIo, "listen on " + address + ": " + error.message());
    return listener;
}

void Listener::start() {
    accept();
}

void Listener::accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](SystemError error, asio::ip::tcp::socket socket) {
        if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
        if (error) {
            log_error("accept: " + error.message());
            pause_.expires_after(kPauseAfterError);
            pause_.async_wait([this](SystemError) { accept(); });
            return;
        }
        if (*open_connections_ < max_connections_)
            serve(std::move(socket));
        else
            refuse(std::move(socket));
        accept();
    });
}

void Listener::refuse(asio::ip::tcp::socket socket) {
    SystemError ignored;
    socket.close(ignored);
    ++refused_;
    const auto now = std::chrono::steady_clock::now();
    if (now < say_again_) return;
    log_error("port " + std::to_string(port()) + " has its " + std::to_string(max_connections_) +
              " connections open and refused " + std::to_string(refused_) +
              " more; the limit of open files (LimitNOFILE) decides how many there may be");
    refused_ = 0;
    say_again_ = now + kSayEvery;
}

void Listener::serve(asio::ip::tcp::socket socket) {
    ++*open_connections_;
    const auto executor = socket.get_executor();
    asio::co_spawn(executor, serve_connection(std::move(socket), context_, service_),
                   [count = open_connections_](const std::exception_ptr& failure) {
                       --*count;
                       try {
                           if (failure) std::rethrow_exception(failure);
                       } catch (const std::exception& error) {
                           log_error(std::string("connection: ") + error.what());
                       }
                   });
}

}  // namespace modelward::console
