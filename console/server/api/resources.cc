// SPDX-License-Identifier: Apache-2.0
#include "console/server/api/resources.h"

#include "console/server/api/responses.h"

namespace modelward::console {

Actor actor_of(const Call& call) {
    return {call.user ? call.user->username : "", call.request.peer_address};
}

void add_health_route(Router& router) {
    router.add("GET", "/healthz", Access::kPublic,
               [](const Call&) { return json_response(200, {{"status", "ok"}}); });
}

Router make_router(Resources& resources) {
    Router router;
    add_session_routes(router, resources);
    add_incident_routes(router, resources);
    add_stream_route(router, resources);
    add_host_routes(router, resources);
    add_artifact_routes(router, resources);
    add_rule_routes(router, resources);
    add_enrollment_token_routes(router, resources);
    add_maintenance_token_routes(router, resources);
    add_audit_route(router, resources);
    add_health_route(router);
    return router;
}

}  // namespace modelward::console
