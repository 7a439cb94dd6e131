// SPDX-License-Identifier: Apache-2.0
// modelward rules check DIR|FILE...: exit 0 without problems, 1 with problems, 2 if something cannot be read.
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rules_report.h"
#include "cli/rules_requests.h"

namespace modelward::cli {
namespace {

namespace fs = std::filesystem;

Result<CheckedPack> check(const fs::path& directory, const RulesRequest& request) {
    auto pack = rules::read_pack(directory);
    if (!pack) return fail(pack.error());
    if (!request.whole) {
        std::erase_if(pack->rules, [&](const auto& rule) { return !request.files.contains(rule.name); });
    }
    return CheckedPack{directory, rules::load_policy(*pack)};
}

int run_check(const std::vector<std::string>& paths, bool json) {
    const auto requests = rules_requests(paths);
    if (!requests) {
        complain(requests.error());
        return 2;
    }
    std::vector<CheckedPack> packs;
    bool ok = true;
    for (const auto& [directory, request] : *requests) {
        auto pack = check(directory, request);
        if (!pack) {
            complain(pack.error());
            return 2;
        }
        ok = ok && pack->checked.ok();
        packs.push_back(std::move(*pack));
    }
    if (json) {
        std::cout << json_text(rules_json(packs));
    } else {
        std::cout << rules_text(packs);
    }
    return ok ? 0 : 1;
}

}  // namespace

void add_rules_commands(CLI::App& app, Context& context) {
    CLI::App* group = app.add_subcommand("rules", "Check and publish rules");
    group->require_subcommand(1);
    CLI::App* command =
        group->add_subcommand("check", "Check rule packs or single rules and run their tests");
    const auto paths = std::make_shared<std::vector<std::string>>();
    command->add_option("path", *paths, "A pack's directory, or rule files in one")->required();
    command->callback([paths, &context] { context.exit_code = run_check(*paths, context.json); });
}

}  // namespace modelward::cli
