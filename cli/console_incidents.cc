// SPDX-License-Identifier: Apache-2.0
// modelward incidents [list], incidents show ID.
#include <iostream>

#include "cli/console_client.h"
#include "cli/console_groups.h"
#include "cli/incident_report.h"
#include "cli/output.h"

namespace modelward::cli {
namespace {

struct ListOptions {
    std::string text;
    std::string level;
    std::string verdict;
    std::string host;
    std::size_t limit = 50;
};

// Pages through until `limit` incidents are there. The shape is that of the REST call.
Result<Json> fetch(ConsoleClient& client, const ListOptions& options) {
    constexpr std::size_t kPage = 500;
    Json all = {{"incidents", Json::array()}, {"next_cursor", nullptr}, {"total", 0}};
    std::string cursor;
    while (all["incidents"].size() < options.limit) {
        const std::size_t size = std::min(kPage, options.limit - all["incidents"].size());
        auto page = client.require(
            "GET", "/api/v1/incidents?limit=" + std::to_string(size) + "&cursor=" + cursor +
                       "&q=" + url_encoded(options.text) + "&level=" + url_encoded(options.level) +
                       "&verdict=" + url_encoded(options.verdict) + "&host=" + url_encoded(options.host));
        if (!page) return page;
        for (Json& incident : (*page)["incidents"])
            all["incidents"].push_back(std::move(incident));
        all["total"] = (*page)["total"];
        all["next_cursor"] = (*page)["next_cursor"];
        if (!all["next_cursor"].is_string()) break;
        cursor = all["next_cursor"].get<std::string>();
    }
    return all;
}

Result<void> list(const ListOptions& options, bool json) {
    auto client = ConsoleClient::open_saved();
    if (!client) return fail(client.error());
    const auto all = fetch(*client, options);
    if (!all) return fail(all.error());
    if (json) {
        std::cout << json_text(*all);
        return {};
    }
    if ((*all)["incidents"].empty()) std::cerr << "no incidents\n";
    for (const Json& incident : (*all)["incidents"])
        std::cout << incident_row(incident);
    return {};
}

Result<void> show(const std::string& id, bool json) {
    if (id.empty()) return fail(ErrorCode::kInvalid, "an incident's id is needed, such as INC-000042");
    auto client = ConsoleClient::open_saved();
    if (!client) return fail(client.error());
    const auto incident = client->require("GET", "/api/v1/incidents/" + url_encoded(id));
    if (!incident) return fail(incident.error());
    if (json) {
        std::cout << json_text(*incident);
        return {};
    }
    std::cout << incident_text(*incident);
    return {};
}

}  // namespace

void add_incident_commands(CLI::App& app, Context& context) {
    auto options = std::make_shared<ListOptions>();
    auto id = std::make_shared<std::string>();
    CLI::App* incidents =
        app.add_subcommand("incidents", "Incidents, newest first")->require_subcommand(0, 1);
    CLI::App* listing = incidents->add_subcommand("list", "List incidents");
    for (CLI::App* command : {incidents, listing}) {
        command->add_option("--text", options->text, "Only those that contain this text");
        command->add_option("--level", options->level)
            ->check(CLI::IsMember({"informational", "low", "medium", "high", "critical"}));
        command->add_option("--verdict", options->verdict)
            ->check(CLI::IsMember({"alert", "block", "throttle", "kill"}));
        command->add_option("--host", options->host, "Name or id of a host");
        command->add_option("--limit", options->limit, "At most this many")
            ->check(CLI::Range(1, 1'000'000))
            ->capture_default_str();
    }
    CLI::App* showing = incidents->add_subcommand("show", "Everything about one incident");
    showing->add_option("ID", *id, "INC-000042")->required();
    incidents->callback([=, &context] {
        run_command(context, [&] {
            return showing->parsed() ? show(*id, context.json) : list(*options, context.json);
        });
    });
}

}  // namespace modelward::cli
