// SPDX-License-Identifier: Apache-2.0
// GET /api/v1/incidents and /api/v1/incidents/{id}.
#include "console/server/incidents.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "console/server/api/resources.h"
#include "console/server/api/responses.h"
#include "console/server/incident_json.h"

namespace modelward::console {
namespace {

constexpr std::uint64_t kDefaultLimit = 50;
constexpr std::uint64_t kMaxLimit = 500;
constexpr std::size_t kMaxEventsShown = 200;
constexpr std::string_view kLevels[] = {"informational", "low", "medium", "high", "critical"};
constexpr std::string_view kVerdicts[] = {"alert", "block", "throttle", "kill"};

// Nothing when absent; kInvalid when it is not a number.
Result<std::optional<std::uint64_t>> number_parameter(const Request& request, const char* name) {
    const std::string text = request.parameter(name);
    if (text.empty()) return std::nullopt;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
        return fail(ErrorCode::kInvalid, std::string("'") + name + "' is not a number");
    }
    return number;
}

// An absent filter is fine.
bool is_one_of(const std::string& value, std::span<const std::string_view> known) {
    return value.empty() || std::ranges::find(known, value) != known.end();
}

Response list(const Call& call, Resources& resources) {
    const Request& request = call.request;
    const auto limit = number_parameter(request, "limit");
    if (!limit) return error_response(limit.error());
    const auto cursor = number_parameter(request, "cursor");
    if (!cursor) return error_response(cursor.error());
    const std::uint64_t size = limit->value_or(kDefaultLimit);
    if (size < 1 || size > kMaxLimit) {
        return error_response(400, "invalid", "'limit' is 1 to " + std::to_string(kMaxLimit));
    }
    if (!is_one_of(request.parameter("level"), kLevels))
        return error_response(400, "invalid", "'level' is informational, low, medium, high or critical");
    if (!is_one_of(request.parameter("verdict"), kVerdicts))
        return error_response(400, "invalid", "'verdict' is alert or block");
    const IncidentFilter filter{request.parameter("q"), request.parameter("level"),
                                request.parameter("verdict"), request.parameter("host")};
    const auto page = resources.events.incidents(filter, *cursor, size);
    if (!page) return error_response(page.error());
    Json incidents = Json::array();
    for (const StoredIncident& incident : page->incidents)
        incidents.push_back(incident_json(incident));
    return json_response(200,
                         {{"incidents", incidents},
                          {"next_cursor", page->next ? Json(std::to_string(*page->next)) : Json(nullptr)},
                          {"total", page->total}});
}

Response show(const Call& call, Resources& resources) {
    const auto number = incident_number(call.parameters[0]);
    if (!number) return error_response(404, "not found", "an incident's id looks like INC-000042");
    const auto incident = resources.events.incident(*number);
    if (!incident) return error_response(incident.error());
    if (!*incident) return error_response(404, "not found", "there is no incident " + incident_id(*number));
    const auto events = resources.events.incident_events(*number, kMaxEventsShown);
    if (!events) return error_response(events.error());
    return json_response(200, incident_detail_json(**incident, *events));
}

}  // namespace

void add_incident_routes(Router& router, Resources& resources) {
    router.add("GET", "/api/v1/incidents", Access::kSignedIn,
               [&resources](const Call& call) { return list(call, resources); });
    router.add("GET", "/api/v1/incidents/{id}", Access::kSignedIn,
               [&resources](const Call& call) { return show(call, resources); });
}

}  // namespace modelward::console
