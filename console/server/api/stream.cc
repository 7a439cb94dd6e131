// SPDX-License-Identifier: Apache-2.0
// GET /api/v1/stream: incidents as server-sent events, from the moment of the call on.
#include "console/server/api/resources.h"
#include "console/server/store/sessions.h"

namespace modelward::console {

void add_stream_route(Router& router, Resources& resources) {
    router.add("GET", "/api/v1/stream", Access::kSignedIn, [&resources](const Call& call) {
        Response response{.content_type = "text/event-stream"};
        response.headers.emplace_back("Cache-Control", "no-store");
        response.live = std::make_shared<LiveStream>();
        response.live->check_every = resources.stream_check;
        response.live->subscribe = [&stream = resources.stream](IncidentStream::Deliver deliver) {
            return stream.subscribe(std::move(deliver));
        };
        const std::string token(call.request.cookie(kSessionCookie));
        response.live->still_allowed = [&resources, token] {
            return session_holds(resources.config, token, resources.now_ms()).value_or(false);
        };
        return response;
    });
}

}  // namespace modelward::console
