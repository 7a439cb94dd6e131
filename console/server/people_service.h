// SPDX-License-Identifier: Apache-2.0
// The port for people: REST API, live stream and the page. Every call runs on a worker thread; signing in,
// which hashes passwords for whoever asks, on workers of its own that nobody else waits for. Calls that
// change something must carry "X-Requested-With: modelward", which no foreign page can send along with the
// cookie.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>

#include "console/server/api/resources.h"
#include "console/server/http/service.h"

namespace modelward::console {

class PeopleService final : public Service {
  public:
    PeopleService(Resources& resources, boost::asio::thread_pool& workers,
                  boost::asio::thread_pool& sign_in_workers);

    boost::asio::awaitable<std::size_t> body_limit(const Request& head) override;
    boost::asio::awaitable<Response> handle(Request request) override;
    boost::asio::thread_pool& workers() override { return workers_; }

    Response answer(const Request& request) const;  // what handle() runs on the worker
    const Router& router() const { return router_; }

  private:
    boost::asio::awaitable<Response> sign_in(Request request);
    Response route(const Request& request) const;

    Resources& resources_;
    boost::asio::thread_pool& workers_;
    boost::asio::thread_pool& sign_in_workers_;
    std::atomic<int> signing_in_ = 0;
    const Router router_;
};

}  // namespace modelward::console
