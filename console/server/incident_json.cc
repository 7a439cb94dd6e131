// SPDX-License-Identifier: Apache-2.0
#include "console/server/incident_json.h"

#include "console/server/incidents.h"
#include "wire/codec.h"

namespace modelward::console {
namespace {

// An agent reports every few seconds; after a minute of silence and a bit it counts as away.
constexpr std::int64_t kOnlineMs = 75'000;
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

Json process_json(const wire::Process& process) {
    Json args = Json::array();
    for (const std::string& argument : process.args())
        args.push_back(argument);
    return {{"pid", process.pid()},
            {"name", process.name()},
            {"executable", process.executable()},
            {"args", args}};
}

Json artifact_json(const wire::ArtifactRef& artifact) {
    return {{"id", artifact.id()},
            {"name", artifact.name()},
            {"kind", artifact.kind()},
            {"class", artifact.class_name()},
            {"label", artifact.label()}};
}

Json sink_json(const std::string& kind, const wire::Sink& sink) {
    Json json = {{"kind", kind}, {"device", nullptr}, {"destination", nullptr}};
    if (sink.has_device()) {
        json["device"] = {{"vendor", sink.device().vendor()},
                          {"product", sink.device().product()},
                          {"serial", sink.device().serial()},
                          {"node", sink.device().node()}};
    }
    if (sink.has_destination()) {
        json["destination"] = {{"ip", sink.destination().ip()},
                               {"domain", sink.destination().domain()},
                               {"port", sink.destination().port()},
                               {"transport", sink.destination().transport()}};
    }
    return json;
}

std::string_view kind_name(wire::EventKind kind) {
    switch (kind) {
        case wire::EVENT_KIND_VERDICT:
            return "verdict";
        case wire::EVENT_KIND_LABEL:
            return "label";
        case wire::EVENT_KIND_AGENT:
            return "agent";
        case wire::EVENT_KIND_LOSS:
            return "loss";
        default:
            return "unknown";
    }
}

}  // namespace

Json incident_json(const StoredIncident& incident) {
    const wire::Event& event = incident.first_event;
    const wire::User& user = event.process().user();
    return {
        {"id", incident_id(incident.number)},
        {"number", incident.number},
        {"title", event.rule().title()},
        {"rule_id", event.rule().id()},
        {"level", incident.level},
        {"verdict", verdict_name(incident.verdict)},
        {"status", "new"},
        {"host", {{"id", incident.host.id}, {"name", incident.host.name}}},
        {"user", {{"id", user.id()}, {"name", user.name()}, {"login_name", user.login_name()}}},
        {"process", process_json(event.process())},
        {"artifact", event.artifacts().empty() ? Json(nullptr) : artifact_json(event.artifacts(0))},
        {"sink", sink_json(incident.sink_kind, event.sink())},
        {"operation", event.operation()},
        {"path", event.file().path()},
        {"bytes_requested", incident.bytes_requested},
        {"bytes_out", incident.bytes_out},
        {"budget_bytes", event.budget_bytes()},
        {"count", incident.count},
        {"first_ms", incident.first_ms},
        {"last_ms", incident.last_ms},
        {"received_ms", incident.received_ms},
    };
}

Json incident_detail_json(const StoredIncident& incident, const std::vector<StoredEvent>& events) {
    const wire::Event& first = incident.first_event;
    Json json = incident_json(incident);
    json["message"] = first.rule().message();
    json["bundle_version"] = first.rule().bundle_version();
    json["ancestors"] = Json::array();
    for (const wire::Process& process : first.ancestors())
        json["ancestors"].push_back(process_json(process));
    json["artifacts"] = Json::array();
    for (const wire::ArtifactRef& artifact : first.artifacts())
        json["artifacts"].push_back(artifact_json(artifact));
    json["events"] = Json::array();
    for (const StoredEvent& stored : events) {
        const wire::Event& event = stored.event;
        json["events"].push_back({{"sequence", event.sequence()},
                                  {"time_ms", event.time_unix_ns() / 1'000'000},
                                  {"operation", event.operation()},
                                  {"path", event.file().path()},
                                  {"bytes_requested", event.bytes_requested()},
                                  {"count", event_count(event)}});
    }
    return json;
}

Json host_json(const EnrolledHost& host, const HostState& state, std::int64_t now_ms) {
    wire::Status status;
    (void)wire::parse(state.status, status);  // written by this program; empty before the first report
    Json blind_spots = Json::array();
    for (const std::string& spot : status.blind_spots())
        blind_spots.push_back(spot);
    Json counters = Json::object();
    for (const wire::Counter& counter : status.counters())
        counters[counter.name()] = counter.value();
    counters["console_events_accepted"] = state.accepted;
    counters["console_events_repeated"] = state.repeated;
    counters["console_events_missing"] = state.missing;
    counters["console_spools_lost"] = state.spool_changes;
    return {{"id", host.id},
            {"name", host.name},
            {"last_seen_ms", state.last_seen_ms},
            {"online", !host.revoked && state.last_seen_ms > now_ms - kOnlineMs},
            {"revoked", host.revoked},
            {"certificate_days_left", (host.certificate_expires_ms - now_ms) / kDayMs},
            {"sensor", status.sensor()},
            {"kernel", status.kernel()},
            {"agent_version", status.agent_version()},
            {"bundle_version", status.bundle_version()},
            {"bundle_error", status.bundle_error()},
            {"blind_spots", blind_spots},
            {"counters", counters}};
}

Json host_event_json(const StoredEvent& stored) {
    const wire::Event& event = stored.event;
    return {{"sequence", event.sequence()},
            {"time_ms", event.time_unix_ns() / 1'000'000},
            {"received_ms", stored.received_ms},
            {"kind", kind_name(event.kind())},
            {"verdict", verdict_name(event.verdict())},
            {"operation", event.operation()},
            {"path", event.file().path()},
            {"reason", event.reason()},
            {"count", event_count(event)}};
}

}  // namespace modelward::console
