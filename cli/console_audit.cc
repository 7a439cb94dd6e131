// SPDX-License-Identifier: Apache-2.0
// modelward console audit: who did what on the console.
#include <algorithm>
#include <iostream>

#include "cli/audit_report.h"
#include "cli/console_client.h"
#include "cli/console_groups.h"
#include "cli/output.h"

namespace modelward::cli {
namespace {

struct AuditOptions {
    std::string actor, action, text;
    std::size_t limit = 50;
};

Result<Json> fetch(ConsoleClient& client, const AuditOptions& options) {
    constexpr std::size_t kPage = 500;
    Json all = {{"entries", Json::array()}, {"next_cursor", nullptr}, {"total", 0}};
    std::string cursor;
    while (all["entries"].size() < options.limit) {
        const std::size_t size = std::min(kPage, options.limit - all["entries"].size());
        auto page = client.require("GET", "/api/v1/audit?limit=" + std::to_string(size) +
                                              "&cursor=" + cursor + "&q=" + url_encoded(options.text) +
                                              "&actor=" + url_encoded(options.actor) +
                                              "&action=" + url_encoded(options.action));
        if (!page) return page;
        for (Json& entry : (*page)["entries"])
            all["entries"].push_back(std::move(entry));
        all["total"] = (*page)["total"];
        all["next_cursor"] = (*page)["next_cursor"];
        if (!all["next_cursor"].is_string()) break;
        cursor = all["next_cursor"].get<std::string>();
    }
    return all;
}

Result<void> audit(const AuditOptions& options, bool json) {
    auto client = ConsoleClient::open_saved();
    if (!client) return fail(client.error());
    const auto all = fetch(*client, options);
    if (!all) return fail(all.error());
    if (json) {
        std::cout << json_text(*all);
        return {};
    }
    if ((*all)["entries"].empty()) std::cerr << "no entries\n";
    for (const Json& entry : (*all)["entries"])
        std::cout << audit_row(entry);
    return {};
}

}  // namespace

void add_audit_command(CLI::App& app, Context& context) {
    auto options = std::make_shared<AuditOptions>();
    CLI::App* console = app.add_subcommand("console", "The console itself")->require_subcommand(1);
    CLI::App* command =
        console->add_subcommand("audit", "Who did what on the console, newest first (for administrators)");
    command->add_option("--actor", options->actor, "Only what this person did");
    command->add_option("--action", options->action, "Only this action, such as rules.publish");
    command->add_option("--text", options->text, "Only entries that contain this text");
    command->add_option("--limit", options->limit, "At most this many")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    command->callback(
        [options, &context] { run_command(context, [&] { return audit(*options, context.json); }); });
}

}  // namespace modelward::cli
