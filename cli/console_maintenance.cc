// SPDX-License-Identifier: Apache-2.0
// maintenance-token: what opens the guard of one host.
#include <algorithm>
#include <charconv>
#include <iostream>
#include <optional>
#include <vector>

#include "base/printable.h"
#include "cli/console_client.h"
#include "cli/console_groups.h"
#include "cli/output.h"
#include "wire/maintenance_token.h"

namespace modelward::cli {
namespace {

constexpr std::int64_t kLongestSeconds = wire::kMaxMaintenanceSeconds;

struct Options {
    std::string host;
    std::string duration;
    std::string reason;
    int valid_minutes = 60;
};

// "90s", "30m", "2h"
std::optional<std::int64_t> seconds_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0 || end + 1 != text.data() + text.size()) return std::nullopt;
    number = std::min(number, kLongestSeconds + 1);
    switch (*end) {
        case 's':
            return number;
        case 'm':
            return number * 60;
        case 'h':
            return number * 3600;
        default:
            return std::nullopt;
    }
}

// By id, or by a name that only one host that is not revoked has.
Result<std::string> host_id(ConsoleClient& client, const std::string& wanted) {
    const auto answer = client.require("GET", "/api/v1/hosts");
    if (!answer) return fail(answer.error());
    std::vector<std::string> found;
    for (const auto& host : answer->at("hosts")) {
        if (host.value("id", "") == wanted) return wanted;
        if (host.value("name", "") == wanted && !host.value("revoked", false))
            found.push_back(host.value("id", ""));
    }
    if (found.size() == 1) return found.front();
    if (found.empty())
        return fail(ErrorCode::kNotFound,
                    "the console knows no host " + wanted + "; its page Hosts shows their names and ids");
    std::string ids;
    for (const auto& id : found)
        ids += "\n  " + as_printable(id);
    return fail(ErrorCode::kConflict,
                "several hosts are called " + wanted +
                    "; give the id of one (the page Hosts shows when each was seen):" + ids);
}

Result<void> create(const Options& options, bool as_json) {
    const auto seconds = seconds_of(options.duration);
    if (!seconds)
        return fail(ErrorCode::kInvalid, "--for takes a time like 90s, 30m or 2h, not " + options.duration);
    if (*seconds < 1 || *seconds > kLongestSeconds)
        return fail(ErrorCode::kInvalid, "--for takes at least 1s and at most 24h, not " + options.duration);
    auto client = ConsoleClient::open_saved();
    if (!client) return fail(client.error());
    const auto id = host_id(*client, options.host);
    if (!id) return fail(id.error());
    const auto token = client->require(
        "POST", "/api/v1/hosts/" + url_encoded(*id) + "/maintenance-tokens",
        {{"seconds", *seconds}, {"reason", options.reason}, {"valid_minutes", options.valid_minutes}});
    if (!token) return fail(token.error());
    std::cout << (as_json ? json_text(*token) : as_printable(token->value("token", "")) + "\n");
    return {};
}

}  // namespace

void add_maintenance_token_command(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    CLI::App* command =
        app.add_subcommand("maintenance-token", "Print a token that opens the guard of one host, once");
    command->add_option("host", options->host, "Name or id of the host")->required();
    command
        ->add_option("--for", options->duration, "How long the guard stays open: 90s, 30m, 2h (at most 24h)")
        ->required();
    command->add_option("--reason", options->reason, "Why; the host reports it when the token is used")
        ->required();
    command->add_option("--valid-minutes", options->valid_minutes, "How long the token may be carried about")
        ->check(CLI::Range(1, wire::kMaxMaintenanceTokenMinutes))
        ->capture_default_str();
    command->callback(
        [options, &context] { run_command(context, [&] { return create(*options, context.json); }); });
}

}  // namespace modelward::cli
