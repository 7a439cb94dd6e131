// SPDX-License-Identifier: Apache-2.0
// POST /api/v1/enrollment-tokens.
#include "console/server/api/resources.h"
#include "console/server/api/responses.h"
#include "console/server/enrollment.h"

namespace modelward::console {
namespace {

Response create(const Call& call, Resources& resources) {
    const auto json = parse_json_object(call.request.body);
    if (!json) return error_response(json.error());
    const auto minutes = json->find("valid_minutes");
    if (minutes == json->end() || !minutes->is_number_integer()) {
        return error_response(400, "invalid", "'valid_minutes' is missing or not a whole number");
    }
    const auto token =
        create_enrollment_token(resources.config, resources.authority, minutes->get<std::int64_t>(),
                                resources.now_ms(), actor_of(call));
    if (!token) return error_response(token.error());
    return json_response(201, {{"token", token->text}, {"expires_ms", token->expires_ms}});
}

}  // namespace

void add_enrollment_token_routes(Router& router, Resources& resources) {
    router.add("POST", "/api/v1/enrollment-tokens", Access::kAdmin,
               [&resources](const Call& call) { return create(call, resources); });
}

}  // namespace modelward::console
