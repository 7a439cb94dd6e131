// SPDX-License-Identifier: Apache-2.0
// POST /api/v1/hosts/{id}/maintenance-tokens.
#include "wire/maintenance_token.h"

#include "console/server/api/resources.h"
#include "console/server/api/responses.h"
#include "console/server/log.h"
#include "console/server/store/hosts.h"
#include "wire/random.h"

namespace modelward::console {
namespace {

constexpr std::size_t kMaxReasonBytes = 500;

std::int64_t number(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : -1;
}

Response create(const Call& call, Resources& resources) {
    const auto json = parse_json_object(call.request.body);
    if (!json) return error_response(json.error());
    const auto host = find_host(resources.config, call.parameters[0]);
    if (!host) return error_response(host.error());
    if (!*host) return error_response(404, "not found", "there is no such host");
    const std::int64_t seconds = number(*json, "seconds"), minutes = number(*json, "valid_minutes");
    const auto reason = json->find("reason");
    if (seconds < 1 || seconds > wire::kMaxMaintenanceSeconds)
        return error_response(400, "invalid", "'seconds' must be a whole number from 1 to 86400");
    if (minutes < 1 || minutes > wire::kMaxMaintenanceTokenMinutes)
        return error_response(400, "invalid", "'valid_minutes' must be a whole number from 1 to 10080");
    if (reason == json->end() || !reason->is_string() || reason->get_ref<const std::string&>().empty() ||
        reason->get_ref<const std::string&>().size() > kMaxReasonBytes)
        return error_response(400, "invalid", "'reason' must be a text of 1 to 500 bytes");
    const std::int64_t expires_ms = resources.now_ms() + minutes * 60'000;
    wire::MaintenanceToken token;
    token.set_id(wire::random_uuid());
    token.set_host_id((*host)->id);
    token.set_redeem_by_unix_s(expires_ms / 1000);
    token.set_seconds(static_cast<std::uint32_t>(seconds));
    token.set_reason(reason->get<std::string>());
    token.set_issued_by(call.user ? call.user->username : "");
    const auto text = resources.publisher.sign_maintenance(token, actor_of(call));
    if (!text) return error_response(text.error());
    log_info("maintenance token " + token.id() + " for host " + token.host_id() + " (" + (*host)->name +
             "), " + std::to_string(seconds) + " s, by " + token.issued_by() + ": " + token.reason());
    return json_response(201, {{"id", token.id()}, {"token", *text}, {"expires_ms", expires_ms}});
}

}  // namespace

void add_maintenance_token_routes(Router& router, Resources& resources) {
    router.add("POST", "/api/v1/hosts/{id}/maintenance-tokens", Access::kAdmin,
               [&resources](const Call& call) { return create(call, resources); });
}

}  // namespace modelward::console
