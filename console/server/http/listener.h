// SPDX-License-Identifier: Apache-2.0
// Accepts connections on one address and serves each on a strand of its own. Hangs up on those beyond the
// limit and says so in the log.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "console/server/http/service.h"
#include "wire/tls_context.h"

namespace modelward::console {

class Listener {
  public:
    // Everything passed must outlive the connections, that is, the io_context. kInvalid: not ADDRESS:PORT;
    // kIo: the address cannot be bound.
    static Result<std::unique_ptr<Listener>> open(boost::asio::io_context& io, const std::string& address,
                                                  const wire::TlsContext& context, Service& service,
                                                  int max_connections);
    void start();
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  private:
    Listener(boost::asio::io_context& io, const wire::TlsContext& context, Service& service,
             int max_connections)
        : io_(io),
          acceptor_(io),
          pause_(io),
          context_(context),
          service_(service),
          max_connections_(max_connections),
          open_connections_(std::make_shared<std::atomic<int>>(0)) {}
    void accept();
    void serve(boost::asio::ip::tcp::socket socket);
    void refuse(boost::asio::ip::tcp::socket socket);

    boost::asio::io_context& io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    const wire::TlsContext& context_;
    Service& service_;
    const int max_connections_;
    std::uint64_t refused_ = 0;  // since the log was told
    std::chrono::steady_clock::time_point say_again_{};
    std::shared_ptr<std::atomic<int>> open_connections_;
};

}  // namespace modelward::console
