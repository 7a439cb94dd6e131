// SPDX-License-Identifier: Apache-2.0
// The resources of the REST API (docs/rest-api.md, openapi.yaml): one file each beside this one adds its
// routes.
#pragma once

#include <chrono>
#include <functional>

#include "console/server/bundle_publisher.h"
#include "console/server/http/router.h"
#include "console/server/incident_stream.h"
#include "console/server/login_backoff.h"
#include "console/server/store/audit.h"
#include "console/server/store/event_store.h"
#include "wire/certificate_authority.h"

namespace modelward::console {

// What the handlers work on. All of it is thread-safe and outlives the router.
struct Resources {
    ConfigDatabase& config;
    EventStore& events;
    BundlePublisher& publisher;
    IncidentStream& stream;
    LoginBackoff& backoff;
    const wire::CertificateAuthority& authority;
    std::function<std::int64_t()> now_ms;
    std::chrono::milliseconds stream_check{15'000};  // between two pings, and two looks at the session
};

void add_session_routes(Router& router, Resources& resources);
void add_incident_routes(Router& router, Resources& resources);
void add_stream_route(Router& router, Resources& resources);
void add_host_routes(Router& router, Resources& resources);
void add_artifact_routes(Router& router, Resources& resources);
void add_rule_routes(Router& router, Resources& resources);
void add_enrollment_token_routes(Router& router, Resources& resources);
void add_maintenance_token_routes(Router& router, Resources& resources);
void add_audit_route(Router& router, Resources& resources);
void add_health_route(Router& router);

Router make_router(Resources& resources);  // all of the above

// Who makes the call, for the audit log.
Actor actor_of(const Call& call);

// The cookie that carries a session's token.
inline constexpr char kSessionCookie[] = "modelward_session";

}  // namespace modelward::console
