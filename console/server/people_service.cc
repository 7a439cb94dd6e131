// SPDX-License-Identifier: Apache-2.0
#include "console/server/people_service.h"

#include "console/server/api/responses.h"
#include "console/server/http/await.h"
#include "console/server/static_files.h"
#include "console/server/store/sessions.h"

namespace modelward::console {
namespace {

constexpr std::size_t kMaxSmallBody = 64 << 10;
constexpr int kMaxSigningIn = 64;                    // at once, waiting included
constexpr std::size_t kMaxSignedInBody = 128 << 20;  // a fingerprint of a model of some hundred GiB

bool changes_something(const std::string& method) {
    return method != "GET" && method != "HEAD";
}

void add_security_headers(Response& response) {
    static constexpr std::pair<const char*, const char*> kHeaders[] = {
        {"Content-Security-Policy",
         "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src "
         "'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Strict-Transport-Security", "max-age=31536000"},
    };
    for (const auto& [name, value] : kHeaders)
        response.headers.emplace_back(name, value);
}

}  // namespace

PeopleService::PeopleService(Resources& resources, boost::asio::thread_pool& workers,
                             boost::asio::thread_pool& sign_in_workers)
    : resources_(resources),
      workers_(workers),
      sign_in_workers_(sign_in_workers),
      router_(make_router(resources)) {}

boost::asio::awaitable<std::size_t> PeopleService::body_limit(const Request& head) {
    const bool takes_files = head.path == "/api/v1/artifacts" || head.path == "/api/v1/rules";
    if (!takes_files) co_return kMaxSmallBody;
    auto work = [this, token = std::string(head.cookie(kSessionCookie))] {
        const auto user = find_session(resources_.config, token, resources_.now_ms());
        return user && *user ? kMaxSignedInBody : kMaxSmallBody;
    };
    // A variable, because GCC 12 destroys some temporaries of a co_await twice.
    auto looking = on_worker<std::size_t>(workers_, std::move(work));
    co_return co_await std::move(looking);
}

boost::asio::awaitable<Response> PeopleService::sign_in(Request request) {
    if (signing_in_.fetch_add(1) >= kMaxSigningIn) {
        --signing_in_;
        resources_.backoff.turned_away();
        Response busy = error_response(503, "unavailable", "too many sign-ins at once; try again later");
        busy.headers.emplace_back("Retry-After", "5");
        add_security_headers(busy);
        co_return busy;
    }
    auto work = [this, moved = std::move(request)] {
        Response response = answer(moved);
        --signing_in_;
        return response;
    };
    // A variable, because GCC 12 destroys some temporaries of a co_await twice.
    auto answering = on_worker<Response>(sign_in_workers_, std::move(work));
    co_return co_await std::move(answering);
}

boost::asio::awaitable<Response> PeopleService::handle(Request request) {
    if (request.method == "POST" && request.path == "/api/v1/session") return sign_in(std::move(request));
    return on_worker<Response>(workers_, [this, moved = std::move(request)] { return answer(moved); });
}

Response PeopleService::answer(const Request& request) const {
    Response response = route(request);
    add_security_headers(response);
    return response;
}

Response PeopleService::route(const Request& request) const {
    Found found = router_.find(request.method, request.path);
    if (found.route == nullptr) {
        if (found.other_method) return error_response(405, "invalid", "this call has other methods");
        if (request.path.starts_with("/api/") || changes_something(request.method)) {
            return error_response(404, "not found", "there is no such call");
        }
        return static_response(request);
    }
    if (changes_something(request.method) && request.header("x-requested-with") != "modelward") {
        return error_response(403, "denied", "the header 'X-Requested-With: modelward' is missing");
    }
    Call call{request, std::move(found.parameters), std::nullopt};
    if (found.route->access != Access::kPublic) {
        auto user = find_session(resources_.config, request.cookie(kSessionCookie), resources_.now_ms());
        if (!user) return error_response(user.error());
        if (!*user) return error_response(401, "denied", "sign in first");
        if (found.route->access == Access::kAdmin && (*user)->role != "admin") {
            return error_response(403, "denied", "only an admin may do this");
        }
        call.user = std::move(*user);
    }
    return found.route->handler(call);
}

}  // namespace modelward::console
