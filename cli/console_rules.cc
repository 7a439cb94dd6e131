// SPDX-License-Identifier: Apache-2.0
// modelward rules publish DIR.
#include <iostream>

#include "base/printable.h"
#include "cli/console_client.h"
#include "cli/console_groups.h"
#include "cli/output.h"
#include "rules/rules.h"

namespace modelward::cli {
namespace {

Json document_json(const rules::Document& document) {
    return {{"name", document.name}, {"text", document.text}};
}

Json documents_json(const std::vector<rules::Document>& documents) {
    Json list = Json::array();
    for (const rules::Document& document : documents)
        list.push_back(document_json(document));
    return list;
}

void print_problems(const Json& body) {
    for (const Json& problem : body.value("problems", Json::array())) {
        std::cerr << as_printable(to_string(rules::Problem{
                         problem.value("document", ""), problem.value("line", 0), problem.value("column", 0),
                         problem.value("reason", ""), problem.value("fix", "")}))
                  << '\n';
    }
}

Result<void> publish(const std::string& directory, bool json) {
    const auto pack = rules::read_pack(directory);
    if (!pack) return fail(pack.error());
    auto client = ConsoleClient::open_saved();
    if (!client) return fail(client.error());
    const auto reply = client->call("PUT", "/api/v1/rules",
                                    {{"classes", document_json(pack->classes)},
                                     {"rules", documents_json(pack->rules)},
                                     {"lists", documents_json(pack->lists)}});
    if (!reply) return fail(reply.error());
    if (reply->status == 422 && reply->body.contains("problems")) {
        print_problems(reply->body);
        return fail(ErrorCode::kInvalid, "the console refused the rules; nothing was changed");
    }
    if (reply->status != 200) return fail(error_of(*reply));
    if (json) {
        std::cout << json_text(reply->body);
    } else {
        std::cout << "published as bundle " << reply->body.value("bundle_version", std::uint64_t{0}) << '\n';
    }
    return {};
}

}  // namespace

void add_rules_publish_command(CLI::App& app, Context& context) {
    // The group was made by the commands that work without a console.
    const auto found = app.get_subcommands([](CLI::App* command) { return command->get_name() == "rules"; });
    CLI::App* rules =
        found.empty() ? app.add_subcommand("rules", "Rules")->require_subcommand(1) : found.front();
    auto directory = std::make_shared<std::string>();
    CLI::App* command =
        rules->add_subcommand("publish", "Check a folder of rules and give it to the whole fleet");
    command->add_option("DIR", *directory, "classes.yaml, rules, lists/")->required();
    command->callback(
        [directory, &context] { run_command(context, [&] { return publish(*directory, context.json); }); });
}

}  // namespace modelward::cli
