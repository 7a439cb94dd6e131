// SPDX-License-Identifier: Apache-2.0
// GET /api/v1/hosts, GET /api/v1/hosts/{id}/events, DELETE /api/v1/hosts/{id}.
#include "console/server/store/hosts.h"

#include "console/server/api/resources.h"
#include "console/server/api/responses.h"
#include "console/server/incident_json.h"

namespace modelward::console {
namespace {

constexpr std::size_t kMaxEventsShown = 500;

Response list(Resources& resources) {
    const auto hosts = list_hosts(resources.config);
    if (!hosts) return error_response(hosts.error());
    Json list = Json::array();
    for (const EnrolledHost& host : *hosts) {
        const auto state = resources.events.host_state(host.id);
        if (!state) return error_response(state.error());
        list.push_back(host_json(host, *state, resources.now_ms()));
    }
    return json_response(200, {{"hosts", list}});
}

Response events(const Call& call, Resources& resources) {
    const auto host = find_host(resources.config, call.parameters[0]);
    if (!host) return error_response(host.error());
    if (!*host) return error_response(404, "not found", "there is no such host");
    const auto found = resources.events.host_events((*host)->id, kMaxEventsShown);
    if (!found) return error_response(found.error());
    Json list = Json::array();
    for (const StoredEvent& event : *found)
        list.push_back(host_event_json(event));
    return json_response(200, {{"events", list}});
}

Response revoke(const Call& call, Resources& resources) {
    auto revoked = revoke_host(resources.config, call.parameters[0], resources.now_ms(), actor_of(call));
    if (!revoked) return error_response(revoked.error());
    return Response{.status = 204};
}

}  // namespace

void add_host_routes(Router& router, Resources& resources) {
    router.add("GET", "/api/v1/hosts", Access::kSignedIn,
               [&resources](const Call&) { return list(resources); });
    router.add("GET", "/api/v1/hosts/{id}/events", Access::kSignedIn,
               [&resources](const Call& call) { return events(call, resources); });
    router.add("DELETE", "/api/v1/hosts/{id}", Access::kAdmin,
               [&resources](const Call& call) { return revoke(call, resources); });
}

}  // namespace modelward::console
