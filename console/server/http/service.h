// SPDX-License-Identifier: Apache-2.0
// What stands behind a port. Called on I/O threads, so it must not block: slow work goes through on_worker().
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "console/server/http/message.h"

namespace modelward::console {

class Service {
  public:
    virtual ~Service() = default;
    // The longest body to read for a request whose head is `head`, which outlives the answer.
    virtual boost::asio::awaitable<std::size_t> body_limit(const Request& head) = 0;
    virtual boost::asio::awaitable<Response> handle(Request request) = 0;
    virtual boost::asio::thread_pool& workers() = 0;  // for what else may block
};

}  // namespace modelward::console
