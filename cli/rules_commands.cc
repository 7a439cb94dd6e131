// SPDX-License-Identifier: Apache-2.0
// modelward rules check DIR|FILE...: exit 0 without problems, 1 with problems, 2 if something cannot be read.
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/rules_report.h"

namespace modelward::cli {
namespace {

namespace fs = std::filesystem;

// What to check in one pack: all of its rules, or those of the named files.
struct Request {
    bool whole = false;
    std::set<std::string> files;
};

// A single file is checked with the classes and lists of the folder that it is in.
Result<std::map<fs::path, Request>> requests_of(const std::vector<std::string>& paths) {
    std::map<fs::path, Request> requests;
    for (const std::string& text : paths) {
        const fs::path path(text);
        std::error_code error;
        if (fs::is_directory(path, error)) {
            requests[path].whole = true;
        } else if (fs::is_regular_file(path, error) && path.extension() == ".yaml") {
            const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
            requests[parent].files.insert(path.filename().string());
        } else if (fs::exists(path, error)) {
            return fail(ErrorCode::kInvalid, text + " is neither a directory nor a .yaml file");
        } else {
            return fail(ErrorCode::kNotFound, text + " does not exist");
        }
    }
    return requests;
}

Result<CheckedPack> check(const fs::path& directory, const Request& request) {
    auto pack = rules::read_pack(directory);
    if (!pack) return fail(pack.error());
    if (!request.whole) {
        std::erase_if(pack->rules, [&](const auto& rule) { return !request.files.contains(rule.name); });
    }
    return CheckedPack{directory, rules::load_policy(*pack)};
}

int run_check(const std::vector<std::string>& paths, bool json) {
    const auto requests = requests_of(paths);
    if (!requests) {
        std::cerr << "modelward: " << requests.error().message() << "\n";
        return 2;
    }
    std::vector<CheckedPack> packs;
    bool ok = true;
    for (const auto& [directory, request] : *requests) {
        auto pack = check(directory, request);
        if (!pack) {
            std::cerr << "modelward: " << pack.error().message() << "\n";
            return 2;
        }
        ok = ok && pack->checked.ok();
        packs.push_back(std::move(*pack));
    }
    if (json) {
        std::cout << rules_json(packs).dump(2) << "\n";
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
