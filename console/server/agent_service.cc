// SPDX-License-Identifier: Apache-2.0
#include "console/server/agent_service.h"

#include "console/server/enrollment.h"
#include "console/server/http/await.h"
#include "console/server/intake.h"
#include "console/server/log.h"
#include "wire/codec.h"

namespace modelward::console {
namespace {

constexpr std::size_t kMaxBatchFrame =
    wire::kMaxEventBatchBytes;  // compressed; never longer than decompressed
constexpr std::size_t kMaxSmallBody = wire::kMaxEnrollBytes;

Response text_response(const Error& error) {
    const int status = http_status(error.code());
    Response response{.status = status, .content_type = "text/plain; charset=utf-8"};
    if (status == 500) log_error(error.message());
    response.body =
        (status == 500 ? std::string("the console failed; its log says why") : error.message()) + "\n";
    return response;
}

Response message_response(const google::protobuf::MessageLite& message) {
    auto frame = wire::encode(message);
    if (!frame) return text_response(frame.error());
    Response response{.content_type = "application/zstd"};
    response.body = std::move(*frame);
    return response;
}

// A batch of an authenticated host, or the refusal.
struct Arrival {
    HostName host{};
    wire::EventBatch batch{};
};

}  // namespace

boost::asio::awaitable<std::size_t> AgentService::body_limit(const Request& head) {
    co_return head.certificate_name&& head.path == "/agent/v1/events" ? kMaxBatchFrame : kMaxSmallBody;
}

boost::asio::awaitable<Response> AgentService::handle(Request request) {
    if (request.method == "POST" && request.path == "/agent/v1/events") return events(std::move(request));
    return on_worker<Response>(workers_, [this, moved = std::move(request)] {
        if (moved.method == "POST" && moved.path == "/agent/v1/enroll") return enroll(moved);
        if (moved.method == "POST" && moved.path == "/agent/v1/renew") return renew(moved);
        if (moved.method == "GET" && moved.path == "/agent/v1/bundle") return bundle(moved);
        return text_response(Error(ErrorCode::kNotFound, "there is no such call"));
    });
}

Result<HostName> AgentService::authenticate(const Request& request) {
    if (!request.certificate_name) {
        return fail(ErrorCode::kDenied, "a client certificate is needed: enroll this host first");
    }
    const auto host = find_host(resources_.config, *request.certificate_name);
    if (!host) return fail(host.error());
    if (!*host) return fail(ErrorCode::kDenied, "this host is not enrolled here: enroll it again");
    if ((*host)->revoked) return fail(ErrorCode::kDenied, "this host's enrollment was revoked");
    return HostName{(*host)->id, (*host)->name};
}

Response AgentService::enroll(const Request& request) {
    wire::EnrollRequest message;
    if (auto decoded = wire::decode(request.body, wire::kMaxEnrollBytes, message); !decoded) {
        return text_response(decoded.error());
    }
    const auto response = enroll_host(resources_.config, resources_.authority, resources_.bundle_key, message,
                                      resources_.now_ms(), request.peer_address);
    if (!response) {
        log_info("enrollment from " + request.peer_address + " refused: " + response.error().message());
        return text_response(response.error());
    }
    log_info("enrolled " + message.hostname() + " as " + response->host_id());
    return message_response(*response);
}

Response AgentService::renew(const Request& request) {
    const auto host = authenticate(request);
    if (!host) return text_response(host.error());
    wire::RenewRequest message;
    if (auto decoded = wire::decode(request.body, wire::kMaxEnrollBytes, message); !decoded) {
        return text_response(decoded.error());
    }
    const auto response = renew_host(resources_.config, resources_.authority, host->id, message);
    if (!response) return text_response(response.error());
    log_info("renewed the certificate of " + host->name + ", " + host->id);
    return message_response(*response);
}

Response AgentService::bundle(const Request& request) {
    if (const auto host = authenticate(request); !host) return text_response(host.error());
    const auto newest = resources_.publisher.newest();
    if (newest->version == 0) return text_response(Error(ErrorCode::kNotFound, "no bundle is published yet"));
    if (request.parameter("have") == std::to_string(newest->version)) return Response{.status = 304};
    Response response{.content_type = "application/zstd"};
    response.body = std::shared_ptr<const std::string>(newest, &newest->frame);
    return response;
}

boost::asio::awaitable<Response> AgentService::events(Request request) {
    // Everything that a co_await takes is a variable: GCC 12 destroys some temporaries of such expressions
    // twice.
    using Checked = Result<Arrival>;
    auto work = [this, moved = std::move(request)]() -> Checked {
        auto host = authenticate(moved);
        if (!host) return fail(host.error());
        auto batch = read_event_batch(moved.body);
        if (!batch) return fail(batch.error());
        return Arrival{std::move(*host), std::move(*batch)};
    };
    auto checking = on_worker<Checked>(workers_, std::move(work));
    Checked arrival = co_await std::move(checking);
    if (!arrival) co_return text_response(arrival.error());
    auto start = [this, moved = std::move(*arrival)](EventStore::Done done) mutable {
        resources_.events.submit(std::move(moved.host), std::move(moved.batch), std::move(done));
    };
    auto storing = await_callback<Result<std::uint64_t>>(std::move(start));
    const Result<std::uint64_t> mark = co_await std::move(storing);
    if (!mark) co_return text_response(mark.error());
    wire::EventAck ack;
    ack.set_acknowledged_sequence(*mark);
    ack.set_bundle_version(resources_.publisher.newest()->version);
    co_return message_response(ack);
}

}  // namespace modelward::console
