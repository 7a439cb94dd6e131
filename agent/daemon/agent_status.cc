// SPDX-License-Identifier: Apache-2.0
// What the agent says of itself, to the console and to the control socket.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "agent/daemon/agent.h"
#include "agent/enrich/event_builder.h"
#include "base/utf8.h"

namespace modelward::agent {
namespace {

constexpr std::size_t kMostSentences = 100;  // the console takes 256

}  // namespace

std::vector<Counter> Agent::counters() const {
    auto all = sensor_->counters();
    const auto& spool = spool_.counters();
    const auto& labels = labeller_->counters();
    const auto& watch = watcher_->counters();
    for (const auto& [name, value] : {
             std::pair<const char*, std::uint64_t>{"kernel_events_stored", intake_->events()},
             {"kernel_events_seen_again", spool.duplicates},
             {"meters_not_kept", meters_not_kept_},
             {"spool_events_waiting", spool.events},
             {"spool_events_lost", spool.lost},
             {"files_scanned", labels.scanned},
             {"files_labelled", labels.labelled},
             {"files_cleared", labels.cleared},
             {"labels_restored", memory_.counters().restored},
             {"labels_not_remembered", memory_.counters().not_remembered},
             {"files_unscannable", labels.unscannable},
             {"files_not_seen_whole", labels.not_seen_whole},
             {"files_not_opened", labels.unopened},
             {"derived_files_out_of_reach", labels.unreachable_derived},
             {"derived_files_waiting", labeller_->derived_waiting()},
             {"scans_dropped", labeller_->dropped()},
             {"scanner_restarts", labeller_->scanner_restarts()},
             {"notices_made", notices_.counters().made},
             {"notices_on_terminals", notices_.counters().on_terminals},
             {"notices_held_back", notices_.counters().held_back},
             {"notices_not_on_terminal", notices_.counters().not_on_terminal},
             {"notices_asked_too_often", notices_control_ ? notices_control_->asked_too_often() : 0},
             {"directories_skipped", watch.directories_skipped},
             {"file_events_overflowed", watch.events_overflowed},
         })
        all.push_back({name, value});
    return all;
}

std::vector<std::string> Agent::blind_spots() const {
    auto all = sensor_->info().blind_spots;
    for (auto& problem : sensor_->policy_problems())
        all.push_back(std::move(problem));
    for (auto& problem : watcher_->problems())
        all.push_back(std::move(problem));
    if (auto problem = labeller_->problem(); !problem.empty()) all.push_back(std::move(problem));
    if (!storage_problem_.empty()) all.push_back(storage_problem_);
    if (policy_->version() == 0) all.push_back("No bundle is in force.");
    if (!renewal_.problem().empty())
        all.push_back("The host's certificate could not be renewed: " + renewal_.problem());
    if (!guard_.problem().empty())
        all.push_back(guard_.problem());
    else if (sensor_->can_guard() && !guard_.on())
        all.push_back("Root against the agent: the guard is off (guard: on in agent.yaml).");
    if (!storage_guard_->problem().empty()) all.push_back(storage_guard_->problem());
    if (intake_->paused()) all.push_back("The spool has no room: events wait in the kernel.");
    return all;
}

wire::Status Agent::wire_status() const {
    wire::Status status;
    status.set_agent_version(MODELWARD_VERSION);
    status.set_kernel(sensor_->info().kernel);
    status.set_sensor(sensor_->info().name);
    const auto spots = blind_spots();
    for (const auto& spot : std::span(spots).first(std::min(spots.size(), kMostSentences)))
        status.add_blind_spots(as_utf8(spot));
    if (spots.size() > kMostSentences)
        status.add_blind_spots("and " + std::to_string(spots.size() - kMostSentences) +
                               " more: modelward status on the host lists them all");
    status.set_bundle_version(policy_->version());
    status.set_bundle_error(as_utf8(policy_->error()));
    for (const auto& counter : counters()) {
        auto& one = *status.add_counters();
        one.set_name(counter.name);
        one.set_value(counter.value);
    }
    return status;
}

nlohmann::json Agent::status() const {
    using nlohmann::json;
    const auto& spool = spool_.counters();
    json counts = json::object();
    for (const auto& counter : counters())
        counts[counter.name] = counter.value;
    const auto days_left = renewal_.days_left(now_unix_ns() / 1'000'000'000);
    const auto& address = config_.console.empty() && identity_ ? identity_->console : config_.console;
    return {
        {"version", MODELWARD_VERSION},
        {"host_id", identity_ ? identity_->host_id : ""},
        {"sensor",
         {{"name", sensor_->info().name},
          {"kernel", sensor_->info().kernel},
          {"adopted", sensor_->info().adopted}}},
        {"blind_spots", blind_spots()},
        {"bundle", {{"version", policy_->version()}, {"error", policy_->error()}}},
        {"console",
         {{"address", address},
          {"reachable", delivery_->reachable()},
          {"problem", identity_ && identity_problem_.empty() ? delivery_->problem() : identity_problem_}}},
        {"certificate",
         {{"days_left", days_left ? json(*days_left) : json()}, {"problem", renewal_.problem()}}},
        {"spool", {{"events", spool.events}, {"bytes", spool.bytes}, {"lost", spool.lost}}},
        {"scan",
         {{"idle", !watcher_->walking() && labeller_->idle()},
          {"walking", watcher_->walking()},
          {"waiting", labeller_->waiting()},
          {"derived_waiting", labeller_->derived_waiting()},
          {"problem", labeller_->problem()}}},
        {"guard", guard_.status()},
        {"counters", counts},
    };
}

}  // namespace modelward::agent
