// SPDX-License-Identifier: Apache-2.0
// modelwardd: the agent's program. Exit codes: 0 done, 1 --check: cannot enforce, 2 usage or configuration,
// 3 the kernel takes no sensor, 4 anything else that keeps it from running or from finding out.
#include <signal.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "agent/daemon/agent.h"
#include "agent/daemon/log.h"
#include "agent/daemon/privileges.h"
#include "agent/sensor/start.h"

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
    const auto host = check_host(options);
    if (!host) return say(host.error().message() + "\nmodelwardd: this host cannot enforce", kCannotEnforce);
    std::printf("%s: sensor %s on kernel %s.\n", to_sentence(host->running), host->info.name.c_str(),
                host->info.kernel.c_str());
    for (const auto& spot : host->info.blind_spots)
        std::printf("  not seen: %s\n", spot.c_str());
    return kDone;
}

int remove(const SensorOptions& options) {
    const auto ended = end_enforcement(options);
    if (!ended) return say(ended.error().message(), kFailed);
    return say(*ended ? "enforcement on this host has ended" : "nothing was enforced", kDone);
}

int run(const Config& config, const std::string& config_path, const SensorOptions& options) {
    start_log(config.log_level);
    auto loop = EventLoop::create();
    if (!loop) return say(loop.error().message(), kFailed);
    Agent* running = nullptr;
    const auto on_signal = [&](int signal) {
        if (!running) return;
        if (signal != SIGHUP) return running->stop(signal == SIGTERM ? "SIGTERM" : "SIGINT");
        auto again = read_config(config_path);
        if (again)
            running->reconfigure(*again);
        else
            spdlog::error("the configuration stays as it was: {}", again.error().message());
    };
    if (auto caught = loop->on_signals({SIGTERM, SIGINT, SIGHUP}, on_signal); !caught)
        return say(caught.error().message(), kFailed);
    auto sensor = start_sensor(options);
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
    bool only_check = false, end_enforcement = false;
    app.add_option("--config", config_path, "Configuration file")->capture_default_str();
    app.add_flag("--check", only_check, "Say whether this host can enforce, and exit (0: yes, 1: no)");
    app.add_flag("--remove", end_enforcement, "End enforcement on this host and leave nothing in the kernel");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kDone : kUsage;
    }
    const auto config = read_config(config_path);
    if (!config) return say(config.error().message(), kUsage);
    if (auto privileged = have_privileges(); !privileged) return say(privileged.error().message(), kFailed);
    const SensorOptions options{config->pin_dir};
    if (only_check) return check(options);
    if (end_enforcement) return remove(options);
    return run(*config, config_path, options);
}
