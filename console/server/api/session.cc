// SPDX-License-Identifier: Apache-2.0
// POST, GET, DELETE /api/v1/session: signing in and out.
#include "console/server/api/resources.h"
#include "console/server/api/responses.h"
#include "console/server/passwords.h"
#include "console/server/store/refused_sign_ins.h"
#include "console/server/store/sessions.h"

namespace modelward::console {
namespace {

constexpr char kCookieFlags[] = "; Path=/; HttpOnly; Secure; SameSite=Strict";

Json user_json(const User& user) {
    return {{"username", user.username}, {"role", user.role}};
}

Response too_early(std::int64_t wait_ms) {
    Response response = error_response(429, "denied", "too many failed sign-ins; try again later");
    response.headers.emplace_back("Retry-After", std::to_string((wait_ms + 999) / 1000));
    return response;
}

Response sign_in(const Call& call, Resources& resources) {
    const auto json = parse_json_object(call.request.body);
    if (!json) return error_response(json.error());
    const auto username = string_field(*json, "username");
    if (!username) return error_response(username.error());
    const auto password = string_field(*json, "password");
    if (!password) return error_response(password.error());
    const std::int64_t now_ms = resources.now_ms();
    // Nobody has such a name, and nothing but the try is remembered of it.
    if (username->size() > kMaxUserNameBytes) {
        resources.backoff.turned_away();
        return error_response(401, "denied", "the user name or the password is wrong");
    }
    const std::int64_t wait_ms = resources.backoff.wait_ms(*username, call.request.peer_address, now_ms);
    if (wait_ms > 0) {
        resources.backoff.turned_away();
        return too_early(wait_ms);
    }
    const auto found = find_user(resources.config, *username);
    if (!found) return error_response(found.error());
    // An unknown name costs the same time as a known one.
    const bool matches = password_matches(*password, *found ? (*found)->password_hash : hash_of_nobody());
    if (!*found || !matches) {
        resources.backoff.failed(*username, call.request.peer_address, now_ms);
        if (auto noted = note_refused_sign_in(resources.config, *found ? *username : std::string(), now_ms,
                                              call.request.peer_address);
            !noted)
            return error_response(noted.error());
        return error_response(401, "denied", "the user name or the password is wrong");
    }
    resources.backoff.succeeded(*username, call.request.peer_address);
    const auto token = start_session(resources.config, (*found)->user, now_ms, call.request.peer_address);
    if (!token) return error_response(token.error());
    Response response = json_response(200, user_json((*found)->user));
    response.headers.emplace_back("Set-Cookie", std::string(kSessionCookie) + "=" + *token + kCookieFlags);
    return response;
}

Response sign_out(const Call& call, Resources& resources) {
    if (auto ended = end_session(resources.config, call.request.cookie(kSessionCookie), *call.user,
                                 resources.now_ms(), call.request.peer_address);
        !ended) {
        return error_response(ended.error());
    }
    Response response{.status = 204};
    response.headers.emplace_back("Set-Cookie",
                                  std::string(kSessionCookie) + "=" + kCookieFlags + "; Max-Age=0");
    return response;
}

}  // namespace

void add_session_routes(Router& router, Resources& resources) {
    router.add("POST", "/api/v1/session", Access::kPublic,
               [&resources](const Call& call) { return sign_in(call, resources); });
    router.add("GET", "/api/v1/session", Access::kSignedIn,
               [](const Call& call) { return json_response(200, user_json(*call.user)); });
    router.add("DELETE", "/api/v1/session", Access::kSignedIn,
               [&resources](const Call& call) { return sign_out(call, resources); });
}

}  // namespace modelward::console
