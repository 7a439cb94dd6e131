// SPDX-License-Identifier: Apache-2.0
// enroll and status: what an administrator of a workstation needs.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "agent/config/config.h"
#include "agent/control/control_client.h"
#include "agent/enroll/enroll.h"
#include "base/printable.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/token_file.h"

namespace modelward::cli {
namespace {

using nlohmann::json;

struct AgentOptions {
    std::string config{agent::kDefaultConfigPath};
    std::string console;
    std::string token;
    std::string token_file;
    bool again = false;
};

int failed(const Error& error) {
    complain(error);
    return 2;
}

std::string host_name() {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

int enroll(const AgentOptions& options, bool as_json) {
    const auto config = agent::read_config(options.config);
    if (!config) return failed(config.error());
    const auto before = agent::load_identity(config->state_dir);
    if (before && !options.again)
        return failed(Error(ErrorCode::kConflict, "this host is enrolled already, as " + before->host_id +
                                                      " with " + before->console +
                                                      " (--again replaces that)"));
    if (options.token_file == "-" && ::isatty(STDIN_FILENO))
        std::fputs("Paste the token, then press Enter and Ctrl-D: ", stderr);
    const auto token = options.token_file.empty() ? Result<std::string>(options.token)
                                                  : read_token(options.token_file, std::cin);
    if (!token) return failed(token.error());
    const auto identity = agent::enroll(config->state_dir, options.console, *token, host_name());
    if (!identity) return failed(identity.error());
    if (as_json)
        std::fputs(
            json_text(json{{"host_id", identity->host_id}, {"console", identity->console}}, -1).c_str(),
            stdout);
    else
        std::printf("Enrolled with %s as host %s.\n", as_printable(identity->console).c_str(),
                    as_printable(identity->host_id).c_str());
    if (before)
        std::fprintf(stderr, "The host's earlier enrolment, %s, is valid until the console revokes it.\n",
                     as_printable(before->host_id).c_str());
    if (before && agent::ask_agent(config->control_socket(), {{"command", "status"}}))
        std::fputs(
            "The agent that runs now goes on with the earlier enrolment: systemctl restart "
            "modelward-agent\n",
            stderr);
    return 0;
}

std::string text(const json& value) {
    return as_printable(value.is_string() ? value.get<std::string>() : value.dump());
}

void print_status(const json& status) {
    const auto& sensor = status.at("sensor");
    const auto& bundle = status.at("bundle");
    const auto& console = status.at("console");
    const auto& spool = status.at("spool");
    const auto& scan = status.at("scan");
    std::printf("Modelward %s, host %s\n", text(status.at("version")).c_str(),
                text(status.at("host_id")).c_str());
    std::printf("  sensor   %s on kernel %s%s\n", text(sensor.at("name")).c_str(),
                text(sensor.at("kernel")).c_str(),
                sensor.at("adopted") == true ? ", enforcement taken over" : "");
    std::printf("  bundle   %s\n", text(bundle.at("version")).c_str());
    if (!text(bundle.at("error")).empty())
        std::printf("           refused: %s\n", text(bundle.at("error")).c_str());
    std::printf("  console  %s, %s\n", text(console.at("address")).c_str(),
                console.at("reachable") == true ? "reachable" : "not reachable");
    if (!text(console.at("problem")).empty())
        std::printf("           %s\n", text(console.at("problem")).c_str());
    if (const auto& certificate = status.at("certificate"); !certificate.at("days_left").is_null())
        std::printf("           certificate for %s more days\n", text(certificate.at("days_left")).c_str());
    std::printf("  spool    %s events wait, %s lost\n", text(spool.at("events")).c_str(),
                text(spool.at("lost")).c_str());
    std::printf("  scan     %s, %s files wait\n", scan.at("idle") == true ? "idle" : "busy",
                text(scan.at("waiting")).c_str());
    if (const auto& guard = status.at("guard"); guard.at("maintenance_seconds_left") != 0)
        std::printf("  guard    open for maintenance for %s more seconds\n",
                    text(guard.at("maintenance_seconds_left")).c_str());
    else
        std::printf("  guard    %s%s\n", guard.at("on") == true ? "on" : "off",
                    guard.at("problem") == "" ? "" : (": " + text(guard.at("problem"))).c_str());
    for (const auto& spot : status.at("blind_spots"))
        std::printf("  not seen: %s\n", text(spot).c_str());
    for (const auto& [name, value] : status.at("counters").items())
        if (value != 0) std::printf("  %-32s %s\n", as_printable(name).c_str(), text(value).c_str());
}

int status(const AgentOptions& options, bool as_json) {
    const auto config = agent::read_config(options.config);
    if (!config) return failed(config.error());
    const auto answer = agent::ask_agent(config->control_socket(), {{"command", "status"}});
    if (!answer) return failed(answer.error());
    try {
        if (as_json)
            std::fputs(json_text(*answer).c_str(), stdout);
        else
            print_status(*answer);
    } catch (const json::exception& error) {
        return failed(Error(ErrorCode::kInvalid, std::string("the agent's answer: ") + error.what()));
    }
    return 0;
}

int maintenance(const AgentOptions& options, bool end, bool as_json) {
    const auto config = agent::read_config(options.config);
    if (!config) return failed(config.error());
    if (options.token_file == "-" && ::isatty(STDIN_FILENO))
        std::fputs("Paste the token, then press Enter and Ctrl-D: ", stderr);
    json request{{"command", "end-maintenance"}};
    if (!end) {
        const auto token = options.token_file.empty() ? Result<std::string>(options.token)
                                                      : read_token(options.token_file, std::cin);
        if (!token) return failed(token.error());
        request = {{"command", "maintenance"}, {"token", *token}};
    }
    const auto answer = agent::ask_agent(config->control_socket(), request);
    if (!answer) return failed(answer.error());
    std::fputs((as_json ? json_text(*answer, -1) : as_printable(answer->value("said", "")) + "\n").c_str(),
               stdout);
    return 0;
}

}  // namespace

void add_agent_commands(CLI::App& app, Context& context) {
    const auto options = std::make_shared<AgentOptions>();
    const auto add_config = [&](CLI::App* command) {
        command->add_option("--config", options->config, "The agent's configuration file")
            ->capture_default_str();
    };
    auto* enrolling = app.add_subcommand("enroll", "Make this host known to its console");
    add_config(enrolling);
    enrolling->add_option("--console", options->console, "HOST:PORT of the console's port for agents")
        ->required();
    auto* token = enrolling->add_option_group("token", "The console's one-time token, in one of two ways");
    token->add_option("--token-file", options->token_file,
                      "The file that holds it; '-' reads standard input");
    token->add_option("--token", options->token,
                      "The token itself. Every user of this host can see it while the command runs");
    token->require_option(1);
    enrolling->add_flag("--again", options->again, "Replace an enrolment");
    enrolling->callback([options, &context] { context.exit_code = enroll(*options, context.json); });

    auto* opening = app.add_subcommand(
        "maintenance",
        "Open the guard of this host with the console's token: to stop, upgrade or remove the agent");
    add_config(opening);
    const auto end = std::make_shared<bool>(false);
    auto* which = opening->add_option_group("which");
    which->add_option("--token-file", options->token_file,
                      "The file that holds the token; '-' reads standard input");
    which->add_option("--token", options->token, "The token itself");
    which->add_flag("--end", *end, "Close the guard again before its time");
    which->require_option(1);
    opening->callback(
        [options, end, &context] { context.exit_code = maintenance(*options, *end, context.json); });

    auto* asking = app.add_subcommand("status", "What the agent on this host sees and enforces");
    add_config(asking);
    asking->callback([options, &context] { context.exit_code = status(*options, context.json); });
}

}  // namespace modelward::cli
