// SPDX-License-Identifier: Apache-2.0
// The port for agents (wire/modelward.proto). All but enrolment needs the client certificate of a host that
// is enrolled and not revoked; that is looked up for every call, so revoking works at once.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>

#include "console/server/bundle_publisher.h"
#include "console/server/http/service.h"
#include "console/server/store/event_store.h"
#include "wire/bundle.h"
#include "wire/certificate_authority.h"

namespace modelward::console {

// What the service works on; all of it is thread-safe and outlives it.
struct AgentResources {
    ConfigDatabase& config;
    EventStore& events;
    BundlePublisher& publisher;
    const wire::CertificateAuthority& authority;
    wire::BundlePublicKey bundle_key;
    std::function<std::int64_t()> now_ms;
};

class AgentService final : public Service {
  public:
    AgentService(AgentResources resources, boost::asio::thread_pool& workers)
        : resources_(std::move(resources)), workers_(workers) {}

    boost::asio::awaitable<std::size_t> body_limit(const Request& head) override;
    boost::asio::awaitable<Response> handle(Request request) override;
    boost::asio::thread_pool& workers() override { return workers_; }

  private:
    Response enroll(const Request& request);
    Response renew(const Request& request);
    Response bundle(const Request& request);
    boost::asio::awaitable<Response> events(Request request);
    Result<HostName> authenticate(const Request& request);

    const AgentResources resources_;
    boost::asio::thread_pool& workers_;
};

}  // namespace modelward::console
