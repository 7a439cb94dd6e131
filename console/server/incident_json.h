// SPDX-License-Identifier: Apache-2.0
// Incidents, events and hosts in the shapes of docs/rest-api.md.
#pragma once

#include <nlohmann/json.hpp>

#include "console/server/store/event_store.h"
#include "console/server/store/hosts.h"

namespace modelward::console {

using Json = nlohmann::ordered_json;

Json incident_json(const StoredIncident& incident);
Json incident_detail_json(const StoredIncident& incident, const std::vector<StoredEvent>& events);
Json host_json(const EnrolledHost& host, const HostState& state, std::int64_t now_ms);
Json host_event_json(const StoredEvent& event);

}  // namespace modelward::console
