// SPDX-License-Identifier: Apache-2.0
// notices: what was stopped for the person who asks.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "agent/config/config.h"
#include "agent/control/control_client.h"
#include "cli/commands.h"
#include "cli/desktop.h"
#include "cli/notice_report.h"
#include "cli/output.h"

namespace modelward::cli {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kPause{1};
constexpr std::chrono::seconds kAgentAway{5};
constexpr std::size_t kMostOnDesktop = 5;  // of one answer; the rest is said in one

struct NoticesOptions {
    std::string config{agent::kDefaultConfigPath};
    bool follow = false;
    bool desktop = false;
};

// People may be unable to read the agent's configuration; its socket is where it is by default.
Result<std::filesystem::path> socket_of(const std::string& config_path) {
    const auto config = agent::read_config(config_path);
    if (config) return config->notices_socket();
    if (config_path == agent::kDefaultConfigPath && ::access(config_path.c_str(), R_OK) != 0)
        return agent::Config{}.notices_socket();
    return fail(config.error());
}

// Where the reader is.
struct Place {
    std::uint64_t since = 0;
    std::string run;
};

Result<json> ask(const std::filesystem::path& socket, Place& place) {
    auto answer =
        agent::ask_agent(socket, {{"command", "notices"}, {"since", place.since}, {"run", place.run}});
    if (!answer) return fail(answer.error());
    if (!answer->contains("notices") || !answer->at("notices").is_array())
        return fail(ErrorCode::kInvalid, "the agent's answer holds no notices");
    place.since = answer->value("next", std::uint64_t{0});
    place.run = answer->value("run", "");
    return answer;
}

void print(const json& notices, bool as_json) {
    for (const auto& notice : notices)
        std::fputs((as_json ? json_text(notice, -1) : notice_text(notice)).c_str(), stdout);
    std::fflush(stdout);
}

// Of what is shown nowhere the person is told by the command without --desktop.
void show(Desktop& desktop, const json& notices, bool& complained) {
    for (std::size_t i = 0; i < notices.size(); ++i) {
        const bool rest = i >= kMostOnDesktop;
        const auto shown =
            rest ? desktop.show("Modelward",
                                std::to_string(notices.size() - i) +
                                    " more operations were stopped. To read of them: modelward notices")
                 : desktop.show("Modelward stopped something", notice_body(notices[i]));
        if (!shown && !std::exchange(complained, true)) complain(shown.error());
        if (shown) complained = false;
        if (rest) return;
    }
}

int once(const std::filesystem::path& socket, bool as_json) {
    json all = json::array();
    Place place;
    for (bool more = true; more;) {
        const auto answer = ask(socket, place);
        if (!answer) {
            complain(answer.error());
            return 2;
        }
        all.insert(all.end(), answer->at("notices").begin(), answer->at("notices").end());
        more = answer->value("more", false);
    }
    if (as_json)
        std::fputs(json_text(json{{"notices", all}}).c_str(), stdout);
    else if (all.empty())
        std::puts("Nothing was stopped.");
    else
        print(all, false);
    return 0;
}

// Until it is ended: an agent that is away comes back.
int follow(const std::filesystem::path& socket, const NoticesOptions& options, bool as_json) {
    Desktop desktop;
    Place place;
    // What happened before the person logged in is no news on their desktop.
    bool old = options.desktop, complained = false, away = false;
    for (;;) {
        const auto answer = ask(socket, place);
        if (!answer && answer.error().code() != ErrorCode::kUnavailable && !options.desktop) {
            complain(answer.error());
            return 2;
        }
        if (!answer) {
            if (!std::exchange(away, true)) complain(answer.error());
            std::this_thread::sleep_for(kAgentAway);
            continue;
        }
        away = false;
        if (!options.desktop)
            print(answer->at("notices"), as_json);
        else if (!old)
            show(desktop, answer->at("notices"), complained);
        if (answer->value("more", false)) continue;
        old = false;
        std::this_thread::sleep_for(kPause);
    }
}

int notices(const NoticesOptions& options, bool as_json) {
    const auto socket = socket_of(options.config);
    if (!socket) {
        complain(socket.error());
        return 2;
    }
    try {
        return options.follow ? follow(*socket, options, as_json) : once(*socket, as_json);
    } catch (const json::exception& error) {
        complain(Error(ErrorCode::kInvalid, std::string("the agent's answer: ") + error.what()));
        return 2;
    }
}

}  // namespace

void add_notices_command(CLI::App& app, Context& context) {
    const auto options = std::make_shared<NoticesOptions>();
    auto* command = app.add_subcommand(
        "notices",
        "What Modelward stopped on this host for the user who asks (root: for all), and what to do");
    command->add_option("--config", options->config, "The agent's configuration file")->capture_default_str();
    auto* follow = command->add_flag("--follow", options->follow, "Go on, as things are stopped");
    command->add_flag("--desktop", options->desktop, "Show what is new on the desktop instead of printing it")
        ->needs(follow);
    command->callback([options, &context] { context.exit_code = notices(*options, context.json); });
}

}  // namespace modelward::cli
