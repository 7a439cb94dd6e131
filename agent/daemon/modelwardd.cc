// SPDX-License-Identifier: Apache-2.0
// modelwardd: the agent's program. Exit codes: 0 done, 1 --check: cannot enforce, 2 usage or configuration,
// 3 the kernel takes no sensor, 4 anything else that keeps it from running or from finding out; --stop and
// --remove: 1 takes a maintenance token.
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

#include "agent/control/control_client.h"
#include "agent/daemon/agent.h"
#include "agent/daemon/log.h"
#include "agent/daemon/privileges.h"
#include "agent/fallback/start.h"
#include "wire/secret_file.h"

namespace {

using namespace modelward;
using namespace modelward::agent;

enum ExitCode { kDone = 0, kCannotEnforce = 1, kUsage = 2, kNoSensor = 3, kFailed = 4 };

int say(const std::string& sentence, int code) {
    std::fprintf(stderr, "modelwardd: %s\n", sentence.c_str());
    return code;
}

int no_sensor(const Error& error) {
    return say(error.message() + "\nmodelwardd: nothing is enforced on this host", kNoSensor);
}

const char* to_sentence(Enforcement running) {
    switch (running) {
        case Enforcement::kByAgent:
            return "This host is enforced by a running agent";
        case Enforcement::kWithoutAgent:
            return "This host is enforced; no agent is running";
        case Enforcement::kNone:
            break;
    }
    return "This host can enforce";
}

int check(const SensorOptions& options) {
    const auto host = check_host_for_any(options);
    if (!host) return say(host.error().message() + "\nmodelwardd: this host cannot enforce", kCannotEnforce);
    std::printf("%s: sensor %s on kernel %s.\n", to_sentence(host->running), host->info.name.c_str(),
                host->info.kernel.c_str());
    for (const auto& spot : host->info.blind_spots)
        std::printf("  not seen: %s\n", spot.c_str());
    return kDone;
}

// Asks the running agent, which refuses while it is guarded.
int stop(const Config& config, const std::string& why) {
    const auto answer = ask_agent(config.control_socket(), {{"command", "stop"}, {"why", why}});
    if (answer) return say(answer->value("said", ""), kDone);
    if (answer.error().code() == ErrorCode::kUnavailable) return say("no agent is running", kDone);
    return say(answer.error().message(), kCannotEnforce);
}

// The key is the guard's own: a configuration that names another state cannot bring another key.
Result<void> check_removal(const Config& config, const SensorOptions& options, const std::string& token) {
    const auto guard = guard_of(options);
    if (!guard) return fail(guard.error());
    if (!guard->on || guard->maintenance_left.count() > 0) return {};
    if (token.empty())
        return fail(ErrorCode::kDenied,
                    "this host is guarded: ending enforcement takes a maintenance token of the console "
                    "(--token-file, or modelward maintenance before)");
    const auto redeemed =
        Maintenance(config.state_dir).redeem(token, guard->key, guard->host_id, std::time(nullptr));
    if (!redeemed) return fail(redeemed.error());
    return {};
}

int remove(const Config& config, const SensorOptions& options, const std::string& token_file) {
    std::string token;
    if (!token_file.empty()) {
        const auto text = wire::read_small_file(token_file, wire::kMaxMaintenanceTokenBytes);
        if (!text) return say(text.error().message(), kUsage);
        token = text->substr(0, text->find_last_not_of(" \n\r\t") + 1);
    }
    if (const auto let = check_removal(config, options, token); !let)
        return say(let.error().message(),
                   let.error().code() == ErrorCode::kDenied ? kCannotEnforce : kFailed);
    const auto ended = end_enforcement(options);
    if (!ended) return say(ended.error().message(), kFailed);
    return say(*ended ? "enforcement on this host has ended" : "nothing was enforced", kDone);
}

int run(const Config& config, const std::string& config_path, const SensorOptions& options) {
    ::umask(0077);  // what lies in the state and run folders is nobody else's, however this was started
    start_log(config.log_level);
    auto loop = EventLoop::create();
    if (!loop) return say(loop.error().message(), kFailed);
    Agent* running = nullptr;
    const auto on_signal = [&](int signal) {
        if (!running) return;
        if (signal != SIGHUP) return running->stop_on_signal(signal == SIGTERM ? "SIGTERM" : "SIGINT");
        auto again = read_config(config_path);
        if (again)
            running->reconfigure(*again);
        else
            spdlog::error("the configuration stays as it was: {}", again.error().message());
    };
    if (auto caught = loop->on_signals({SIGTERM, SIGINT, SIGHUP}, on_signal); !caught)
        return say(caught.error().message(), kFailed);
    auto sensor = start_strongest_sensor(options);
    if (!sensor)
        return sensor.error().code() == ErrorCode::kUnsupported ? no_sensor(sensor.error())
                                                                : say(sensor.error().message(), kFailed);
    auto agent = Agent::start(*loop, **sensor, config);
    if (!agent) {
        // A sensor that was started just now and has nobody to feed it would enforce an empty policy: end it.
        if (!(*sensor)->info().adopted) static_cast<void>((*sensor)->remove());
        return say(agent.error().message(), kFailed);
    }
    running = agent->get();
    const auto ran = (*agent)->run();
    return ran ? kDone : say(ran.error().message(), kFailed);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"The Modelward agent: keeps classified ML models on this machine", "modelwardd"};
    app.set_version_flag("--version", MODELWARD_VERSION);
    std::string config_path{kDefaultConfigPath};
    std::string token_file, why{"asked to"};
    bool only_check = false, end_enforcement = false, ask_to_stop = false;
    app.add_option("--config", config_path, "Configuration file")->capture_default_str();
    auto* check_flag =
        app.add_flag("--check", only_check, "Say whether this host can enforce, and exit (0: yes, 1: no)");
    auto* remove_flag = app.add_flag("--remove", end_enforcement,
                                     "End enforcement on this host and leave nothing in the kernel");
    app.add_option("--token-file", token_file,
                   "With --remove: the maintenance token, where the host is guarded")
        ->needs(remove_flag);
    auto* stop_flag = app.add_flag(
        "--stop", ask_to_stop,
        "Ask the running agent to stop (1: it takes a maintenance token); what the kernel enforces goes on");
    app.add_option("--why", why, "With --stop: what the console is told")->needs(stop_flag);
    check_flag->excludes(remove_flag)->excludes(stop_flag);
    remove_flag->excludes(stop_flag);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kDone : kUsage;
    }
    const auto config = read_config(config_path);
    if (!config) return say(config.error().message(), kUsage);
    const SensorOptions options{config->pin_dir, config->state_dir / "meters", config->cgroup,
                                config->only_fallback};
    if (ask_to_stop) return stop(*config, why);
    if (auto privileged = have_privileges(); !privileged) return say(privileged.error().message(), kFailed);
    if (only_check) return check(options);
    if (end_enforcement) return remove(*config, options, token_file);
    return run(*config, config_path, options);
}
