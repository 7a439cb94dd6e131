// SPDX-License-Identifier: Apache-2.0
// One TLS connection: handshake, then requests one after the other until either side has enough. Every wait
// has a deadline; a head has at most 16 KiB and a body at most what the service allows.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "console/server/http/service.h"
#include "wire/tls_context.h"

namespace modelward::console {

// Runs on the socket's executor, which must be a strand when the context has several threads. `context` and
// `service` must outlive it.
boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket,
                                              const wire::TlsContext& context, Service& service);

}  // namespace modelward::console
