// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/agent.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "agent/daemon/boot_id.h"
#include "agent/enrich/event_builder.h"
#include "agent/enrich/guard_report.h"
#include "base/service_notify.h"
#include "base/utf8.h"
#include "wire/random.h"

namespace modelward::agent {
namespace {

constexpr std::size_t kWalkAhead = 5'000;  // a walk waits while that many files wait for a scan
constexpr std::chrono::seconds kLastWords{2};
constexpr std::chrono::seconds kMeterSaves{30};
constexpr unsigned kHungSeconds = 300;  // the guard keeps systemd's watchdog from ending a hung agent

}  // namespace

Agent::Agent(EventLoop& loop, Sensor& sensor, Config config, OpenedSpool spool, PolicyArchive archive,
             LabelArchive labels, std::string boot)
    : loop_(&loop),
      sensor_(&sensor),
      config_(std::move(config)),
      spool_(std::move(spool.spool)),
      storage_problem_(std::move(spool.problem)),
      run_note_(config_.state_dir, std::move(boot)),
      archive_(std::move(archive)),
      builder_(archive_),
      memory_(std::move(labels), sensor),
      renewal_(config_.state_dir),
      guard_(sensor, config_,
             [this](const std::string& sentence) { say(wire::EVENT_KIND_AGENT, sentence); }) {}

Result<std::unique_ptr<Agent>> Agent::start(EventLoop& loop, Sensor& sensor, Config config) {
    std::error_code error;
    std::filesystem::create_directories(config.state_dir, error);
    if (error) return fail(Error::from_errno("create " + config.state_dir.string(), error.value()));
    const auto boot = boot_id();
    if (!boot) return fail(boot.error());
    auto opened = open_spool({config.state_dir,
                              config.run_dir,
                              {config.spool_max_bytes, config.spool_block_reserve_bytes},
                              *boot,
                              sensor.info().adopted});
    if (!opened) return fail(opened.error());
    auto archive = PolicyArchive::open(opened->spool.database());
    if (!archive) return fail(archive.error());
    auto labels = LabelArchive::open(opened->spool.database());
    if (!labels) return fail(labels.error());
    std::unique_ptr<Agent> agent(new Agent(loop, sensor, std::move(config), std::move(*opened),
                                           std::move(*archive), std::move(*labels), *boot));
    if (auto begun = agent->begin(); !begun) {
        agent->run_note_.end();  // a start that fails was not killed
        return fail(begun.error());
    }
    return agent;
}

void Agent::compose() {
    const auto program = scanner_program(config_.scanner_path, config_.scanner_user);
    Labeller::Options options;
    options.timeout = config_.scan_timeout;
    options.report = [this](const LabelReport& what) { report(what); };
    options.start_scanner = [this, program]() -> Result<ScannerProcess> {
        if (!program) return fail(program.error());
        if (!index_) return fail(ErrorCode::kUnavailable, "there are no fingerprints yet");
        return ScannerProcess::start(*program, index_->get(),
                                     [this](pid_t pid) { return sensor_->exempt(pid); });
    };
    labeller_ = std::make_unique<Labeller>(*loop_, *sensor_, std::move(options));
    watcher_ = std::make_unique<Watcher>(
        *loop_, Watcher::Handlers{[this](const auto& path, const auto& status) {
                                      memory_.found(path, status);
                                      labeller_->found(path, status);
                                  },
                                  [this](const auto& path) { labeller_->written(path); }});
    intake_ = std::make_unique<KernelIntake>(
        *loop_, *sensor_, spool_, builder_,
        KernelIntake::Handlers{
            [this](const KernelEvent& event) {
                Label label = event.label;  // what the writer carried
                label.origin = LabelOrigin::kDerived;
                memory_.labelled(event.path, event.file, label);
                labeller_->derived(event.path, event.file);
            },
            [this](const KernelEvent& event, const wire::Event& built) { notices_.take(event, built); }});
    storage_guard_ = std::make_unique<StorageGuard>(
        *loop_, [this](const std::string& sentence) { say(wire::EVENT_KIND_AGENT, sentence); });
    policy_ = std::make_unique<PolicyKeeper>(
        *sensor_, archive_, config_.state_dir / "bundle",
        [this](const rules::CompiledPolicy& policy, const Registry& registry,
               std::shared_ptr<UniqueFd> index) {
            index_ = std::move(index);
            labeller_->use(registry);
            storage_guard_->use(policy.approved_storage);
            watcher_->walk();
        },
        [this](const std::string& sentence) { say(wire::EVENT_KIND_AGENT, sentence); });
    delivery_ = std::make_unique<Delivery>(
        *loop_, spool_,
        Delivery::Host{[this] { return wire_status(); }, [this] { return policy_->version(); },
                       [this](const wire::SignedBundle& bundle) { policy_->take(bundle); },
                       [this](const std::string& problem) { policy_->complain(problem); },
                       [this] { return renewal_.request(now_unix_ns() / 1'000'000'000); },
                       [this](const auto& answer) { renewed(answer); }},
        config_.heartbeat,
        static_cast<std::uint32_t>(wire::random_bytes(1)[0]) << 8 | wire::random_bytes(1)[0]);
}

Result<void> Agent::begin() {
    if (auto checked = guard_.check(); !checked) return checked;
    const bool guarded = guard_.is_closed();
    compose();
    if (auto exempted = sensor_->exempt(::getpid()); !exempted) return exempted;
    say(wire::EVENT_KIND_AGENT, std::string("The agent started; sensor ") + sensor_->info().name +
                                    " on kernel " + sensor_->info().kernel +
                                    (sensor_->info().adopted ? ", enforcement taken over." : "."));
    if (!storage_problem_.empty()) say(wire::EVENT_KIND_AGENT, storage_problem_);
    if (auto identity = load_identity(config_.state_dir))
        identity_ = std::move(*identity);
    else
        identity_problem_ = identity.error().message();
    guard_.close(identity_);  // before the first scanner
    policy_->start(identity_ ? std::optional(identity_->bundle_key) : std::nullopt);
    begin_run(guarded);
    memory_
        .restore();  // also when enforcement was adopted: the start before this one may not have got through
    if (auto started = intake_->start(); !started) return started;
    watcher_->set_trees(config_.watch);
    if (identity_) try_to_enroll();
    using For = ControlServer::For;
    auto control = ControlServer::listen(
        *loop_, config_.control_socket(), For::kRoot,
        [this](const nlohmann::json& request, std::uint32_t) { return answer(request); });
    if (!control) return fail(control.error());
    control_ = std::move(*control);
    control = ControlServer::listen(
        *loop_, config_.notices_socket(), For::kEverybody,
        [this](const nlohmann::json& request, std::uint32_t uid) { return notices_.answer(request, uid); });
    if (!control) return fail(control.error());
    notices_control_ = std::move(*control);
    if (auto timer = loop_->every(std::chrono::milliseconds(250), [this] { tick(); }); !timer) return timer;
    if (auto timer = loop_->every(kMeterSaves, [this] { keep_meters(); }); !timer) return timer;
    if (auto timer = loop_->every(std::chrono::seconds(1), [this] { intake_->once_a_second(); }); !timer)
        return timer;
    return loop_->every(config_.rescan, [this] {
        if (!watcher_->walking()) watcher_->walk();
    });
}

void Agent::begin_run(bool guarded) {
    if (const auto left = run_note_.left()) {
        say(wire::EVENT_KIND_AGENT,
            fmt::format("The agent before this one (process {}) was killed or crashed: it "
                        "ended without having been asked to.",
                        left->pid));
        if (guarded) append(agent_ended_event(left->pid, left->start_unix_ns, policy_->version()));
    }
    const Run run{static_cast<std::uint32_t>(::getpid()), now_unix_ns()};
    if (auto noted = run_note_.begin(run); !noted)
        say(wire::EVENT_KIND_AGENT,
            "The next agent would not hear if this one were killed: " + noted.error().message() + ".");
}

nlohmann::json Agent::answer(const nlohmann::json& request) {
    const auto command = request.value("command", "");
    if (command == "status") return status();
    if (command == "maintenance") {
        const auto opened = guard_.redeem(request.value("token", ""));
        if (!opened) return {{"error", opened.error().message()}};
        return {{"said", *opened}};
    }
    if (command == "end-maintenance") {
        const auto ended = guard_.end_maintenance();
        if (!ended) return {{"error", ended.error().message()}};
        return {{"said", *ended}};
    }
    if (command == "stop") {
        if (const auto let = guard_.lets_stop(); !let) return {{"error", let.error().message()}};
        stop(as_utf8(request.value("why", "asked to")));
        return {{"said", "The agent stops; " + sensor_->info().without_agent + "."}};
    }
    return {{"error", "unknown command (known: status, maintenance, end-maintenance, stop)"}};
}

void Agent::try_to_enroll() {
    if (!identity_) {
        auto identity = load_identity(config_.state_dir);
        if (!identity) {
            identity_problem_ = identity.error().message();
            return;
        }
        identity_ = std::move(*identity);
        guard_.close(identity_);
        policy_->start(identity_->bundle_key);
    }
    identity_problem_.clear();
    renewal_.watch(*identity_);
    const auto& address = config_.console.empty() ? identity_->console : config_.console;
    auto endpoint = wire::parse_endpoint(address);
    Result<void> connected;
    if (endpoint) {
        wire::HttpsClientOptions options;
        options.host = endpoint->host;
        options.port = endpoint->port;
        options.trust = wire::TrustCa{identity_->ca_pem};
        options.identity = wire::TlsIdentity{identity_->certificate_pem, identity_->key_pem};
        if (auto perform = perform_over_https(std::move(options)))
            connected = delivery_->connect(std::move(*perform));
        else
            connected = fail(perform.error());
    } else {
        connected = fail(endpoint.error());
    }
    if (!connected) {
        identity_problem_ = "the enrolment cannot be used: " + connected.error().message();
        spdlog::error("{}", identity_problem_);
    }
}

void Agent::renewed(const Result<wire::RenewResponse>& answer) {
    auto identity = renewal_.accept(answer);
    if (!identity) return spdlog::warn("the certificate was not renewed: {}", identity.error().message());
    identity_ = std::move(*identity);
    reconnect_ = true;
    say(wire::EVENT_KIND_AGENT, "The host's certificate was renewed.");
}

void Agent::tick() {
    labeller_->tick(Labeller::Clock::now());
    sensor_->tend();
    if (!identity_ || std::exchange(reconnect_, false)) try_to_enroll();
    guard_.tick();
    if (guard_.on()) ::alarm(kHungSeconds);
    notify_service("WATCHDOG=1");
}

// After each round of the loop, so that an event that was just stored goes out at once.
bool Agent::work() {
    const bool walking = labeller_->waiting() < kWalkAhead && watcher_->step();
    labeller_->dispatch(Labeller::Clock::now());
    const auto now = Delivery::Clock::now();
    delivery_->poke(now);
    if (stop_at_ && (spool_.counters().events == 0 || !delivery_->reachable() || now >= *stop_at_))
        loop_->stop();
    return walking;
}

Result<void> Agent::run() {
    notify_service("READY=1");
    return loop_->run([this] { return work(); });
}

void Agent::keep_meters() {
    if (auto kept = sensor_->keep_meters(); !kept) {
        ++meters_not_kept_;
        spdlog::error("meters of budgets would not survive a reboot: {}", kept.error().message());
    }
}

void Agent::stop_on_signal(const std::string& name) {
    if (guard_.lets_stop()) return stop(name);
    say(wire::EVENT_KIND_AGENT, name + " asked the agent to stop; it goes on, for it is guarded.");
}

void Agent::stop(const std::string& why) {
    keep_meters();
    notify_service("STOPPING=1");
    run_note_.end();
    say(wire::EVENT_KIND_AGENT, "The agent stops (" + why + "); " + sensor_->info().without_agent + ".");
    stop_at_ = Delivery::Clock::now() + kLastWords;
}

void Agent::reconfigure(const Config& config) {
    config_.watch = config.watch;
    watcher_->set_trees(config_.watch);
    say(wire::EVENT_KIND_AGENT,
        "The configuration was read again: " + std::to_string(config_.watch.size()) + " watched trees.");
}

void Agent::say(wire::EventKind kind, const std::string& sentence) {
    spdlog::info("{}", sentence);
    wire::Event event;
    event.set_kind(kind);
    event.set_count(1);
    event.set_reason(as_utf8(sentence));
    append(std::move(event));
}

void Agent::append(wire::Event event) {
    event.set_time_unix_ns(now_unix_ns());
    if (auto stored = spool_.append(std::move(event)); !stored) spool_.count_lost(1);
}

void Agent::report(const LabelReport& report) {
    spdlog::info("{}: {}", report.path.string(), report.reason);
    if (report.label)
        memory_.labelled(report.path, report.key, *report.label);
    else if (report.cleared)
        memory_.cleared(report.path, report.key);
    wire::Event event;
    event.set_kind(wire::EVENT_KIND_LABEL);
    event.set_count(1);
    event.set_reason(as_utf8(report.reason));
    event.mutable_file()->set_path(as_utf8(report.path.string()));
    event.mutable_file()->set_device(report.key.device);
    event.mutable_file()->set_inode(report.key.inode);
    event.mutable_file()->set_generation(report.key.generation);
    if (report.label) fill_artifacts(*report.label, policy_->version(), archive_, event);
    append(std::move(event));
}

}  // namespace modelward::agent
