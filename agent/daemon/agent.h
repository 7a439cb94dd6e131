// SPDX-License-Identifier: Apache-2.0
// The running agent: composes the rooms and turns what one of them says into work for another. Main loop
// only.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "agent/bundle/policy_keeper.h"
#include "agent/config/config.h"
#include "agent/control/control_server.h"
#include "agent/daemon/kernel_intake.h"
#include "agent/daemon/run_note.h"
#include "agent/devices/storage_guard.h"
#include "agent/enroll/identity.h"
#include "agent/enroll/renewal.h"
#include "agent/guard/guard_keeper.h"
#include "agent/labels/label_memory.h"
#include "agent/labels/labeller.h"
#include "agent/loop/event_loop.h"
#include "agent/notices/notices.h"
#include "agent/spool/open_spool.h"
#include "agent/uplink/delivery.h"
#include "agent/watch/watcher.h"

namespace modelward::agent {

class Agent {
  public:
    // Opens the state, puts the stored bundle into force, takes over waiting events, starts to walk and to
    // deliver. Signals must be blocked before (EventLoop::on_signals): the uplink has a thread.
    static Result<std::unique_ptr<Agent>> start(EventLoop& loop, Sensor& sensor, Config config);
    Agent(const Agent&) = delete;

    // Until stop().
    Result<void> run();
    // Ends run() soon: at once when the console is away, after the last events were sent when it is not.
    void stop(const std::string& why);
    // The same, unless the guard is closed: the kernel's own signals pass it (sysrq-e, a BPF program's).
    void stop_on_signal(const std::string& name);

    // New trees; everything else needs a restart.
    void reconfigure(const Config& config);

    nlohmann::json status() const;

  private:
    nlohmann::json answer(const nlohmann::json& request);
    Agent(EventLoop& loop, Sensor& sensor, Config config, OpenedSpool spool, PolicyArchive archive,
          LabelArchive labels, std::string boot);
    Result<void> begin();
    void begin_run(bool guarded);  // says how the last one ended; an incident if the guard was closed since
    void compose();
    void try_to_enroll();  // takes an enrolment into use as soon as there is one
    void renewed(const Result<wire::RenewResponse>& answer);
    void tick();
    void keep_meters();  // for the next boot
    bool work();
    void say(wire::EventKind kind, const std::string& sentence);
    void append(wire::Event event);  // of now
    void report(const LabelReport& report);
    wire::Status wire_status() const;
    std::vector<Counter> counters() const;
    std::vector<std::string> blind_spots() const;

    EventLoop* loop_;
    Sensor* sensor_;
    Config config_;
    Spool spool_;
    std::string storage_problem_;
    RunNote run_note_;
    PolicyArchive archive_;
    EventBuilder builder_;
    LabelMemory memory_;
    Notices notices_;
    std::optional<Identity> identity_;
    std::string identity_problem_;
    CertificateRenewal renewal_;
    std::uint64_t meters_not_kept_ = 0;
    bool reconnect_ = false;           // with the renewed certificate
    std::shared_ptr<UniqueFd> index_;  // for scanners that start from now on

    std::optional<Delivery::Clock::time_point> stop_at_;

    std::unique_ptr<Labeller> labeller_;
    std::unique_ptr<Watcher> watcher_;
    std::unique_ptr<KernelIntake> intake_;
    std::unique_ptr<StorageGuard> storage_guard_;
    std::unique_ptr<PolicyKeeper> policy_;
    GuardKeeper guard_;
    std::unique_ptr<Delivery> delivery_;
    std::unique_ptr<ControlServer> control_, notices_control_;
};

}  // namespace modelward::agent
