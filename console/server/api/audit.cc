// SPDX-License-Identifier: Apache-2.0
// GET /api/v1/audit: who did what on this console.
#include "console/server/store/audit.h"

#include <algorithm>
#include <charconv>

#include "console/server/api/resources.h"
#include "console/server/api/responses.h"

namespace modelward::console {
namespace {

constexpr std::int64_t kDefaultLimit = 50;
constexpr std::int64_t kMaxLimit = 500;

// Nothing when absent; kInvalid when it is not a whole number.
Result<std::optional<std::int64_t>> number_parameter(const Request& request, const char* name) {
    const std::string text = request.parameter(name);
    if (text.empty()) return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0)
        return fail(ErrorCode::kInvalid, std::string("'") + name + "' is not a number");
    return number;
}

Json entry_json(const AuditEntry& entry) {
    return {{"number", entry.number},   {"time_ms", entry.time_ms}, {"actor", entry.actor},
            {"address", entry.address}, {"action", entry.action},   {"object", entry.object},
            {"detail", entry.detail}};
}

Response list(const Call& call, Resources& resources) {
    AuditFilter filter{
        .actor = call.request.parameter("actor"),
        .action = call.request.parameter("action"),
        .text = call.request.parameter("q"),
    };
    std::optional<std::int64_t> cursor, limit;
    for (const auto& [name, into] :
         {std::pair{"limit", &limit}, std::pair{"cursor", &cursor}, std::pair{"from_ms", &filter.from_ms},
          std::pair{"to_ms", &filter.to_ms}}) {
        const auto number = number_parameter(call.request, name);
        if (!number) return error_response(number.error());
        *into = *number;
    }
    const std::int64_t size = limit.value_or(kDefaultLimit);
    if (size < 1 || size > kMaxLimit)
        return error_response(400, "invalid", "'limit' is 1 to " + std::to_string(kMaxLimit));
    if (!filter.action.empty() && std::ranges::find(kAuditActions, filter.action) == std::end(kAuditActions))
        return error_response(400, "invalid", "there is no such 'action'");
    const auto page = audit_page(resources.config, filter, cursor, static_cast<std::size_t>(size));
    if (!page) return error_response(page.error());
    Json entries = Json::array();
    for (const AuditEntry& entry : page->entries)
        entries.push_back(entry_json(entry));
    return json_response(200,
                         {{"entries", entries},
                          {"next_cursor", page->next ? Json(std::to_string(*page->next)) : Json(nullptr)},
                          {"total", page->total}});
}

}  // namespace

void add_audit_route(Router& router, Resources& resources) {
    router.add("GET", "/api/v1/audit", Access::kAdmin,
               [&resources](const Call& call) { return list(call, resources); });
}

}  // namespace modelward::console
