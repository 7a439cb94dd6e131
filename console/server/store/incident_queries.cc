// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/incident_queries.h"

#include <algorithm>

#include "wire/codec.h"

namespace modelward::console {
namespace {

#define INCIDENT_COLUMNS                                                                                    \
    "SELECT number, host_id, host_name, level, sink_kind, verdict, first_ms, last_ms, received_ms, count, " \
    "bytes_requested, bytes_out, first_event FROM incidents "

// An empty parameter matches everything, so that one prepared statement serves every combination of filters.
#define INCIDENT_FILTER                                                                                  \
    "WHERE (?1 = '' OR instr(search, ?1) > 0) AND (?2 = '' OR level = ?2) AND (?3 = 0 OR verdict = ?3) " \
    "AND (?4 = '' OR host_id = ?4 OR host_name = ?4)"

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return result;
}

int verdict_number(std::string_view name) {
    if (name.empty()) return 0;
    if (name == "block") return wire::VERDICT_BLOCK;
    if (name == "throttle") return wire::VERDICT_THROTTLE;
    if (name == "kill") return wire::VERDICT_KILL;
    return name == "alert" ? static_cast<int>(wire::VERDICT_ALERT) : -1;
}

Result<StoredIncident> incident_of(const Query& rows) {
    StoredIncident incident;
    incident.number = rows.count(0);
    incident.host = {rows.text(1), rows.text(2)};
    incident.level = rows.text(3);
    incident.sink_kind = rows.text(4);
    incident.verdict = static_cast<int>(rows.integer(5));
    incident.first_ms = rows.integer(6);
    incident.last_ms = rows.integer(7);
    incident.received_ms = rows.integer(8);
    incident.count = rows.count(9);
    incident.bytes_requested = rows.count(10);
    incident.bytes_out = rows.count(11);
    if (auto parsed = wire::parse(rows.text(12), incident.first_event); !parsed) return fail(parsed.error());
    return incident;
}

Result<std::vector<StoredIncident>> incidents_of(Result<Query> rows) {
    std::vector<StoredIncident> incidents;
    if (!rows) return fail(rows.error());
    while (true) {
        const auto row = rows->next();
        if (!row) return fail(row.error());
        if (!*row) return incidents;
        auto incident = incident_of(*rows);
        if (!incident) return fail(incident.error());
        incidents.push_back(std::move(*incident));
    }
}

Result<std::vector<StoredEvent>> events_of(Result<Query> rows) {
    std::vector<StoredEvent> events;
    if (!rows) return fail(rows.error());
    while (true) {
        const auto row = rows->next();
        if (!row) return fail(row.error());
        if (!*row) return events;
        StoredEvent event;
        event.received_ms = rows->integer(0);
        if (auto parsed = wire::parse(rows->text(1), event.event); !parsed) return fail(parsed.error());
        events.push_back(std::move(event));
    }
}

}  // namespace

Result<std::uint64_t> count_incidents(Database& database, const IncidentFilter& filter) {
    auto rows = database.query("SELECT count(*) FROM incidents " INCIDENT_FILTER, lower(filter.text),
                               filter.level, verdict_number(filter.verdict), filter.host);
    if (!rows) return fail(rows.error());
    if (const auto row = rows->next(); !row) return fail(row.error());
    return rows->count(0);
}

Result<std::vector<StoredIncident>> find_incidents(Database& database, const IncidentFilter& filter,
                                                   std::optional<std::uint64_t> before, std::size_t limit) {
    const std::int64_t below =
        before ? static_cast<std::int64_t>(std::min<std::uint64_t>(*before, INT64_MAX)) : INT64_MAX;
    return incidents_of(database.query(
        INCIDENT_COLUMNS INCIDENT_FILTER " AND number < ?5 ORDER BY number DESC LIMIT ?6", lower(filter.text),
        filter.level, verdict_number(filter.verdict), filter.host, below, static_cast<std::uint64_t>(limit)));
}

Result<std::optional<StoredIncident>> find_incident_by_number(Database& database, std::uint64_t number) {
    auto found = incidents_of(database.query(INCIDENT_COLUMNS "WHERE number = ?", number));
    if (!found) return fail(found.error());
    if (found->empty()) return std::nullopt;
    return std::move(found->front());
}

Result<std::vector<StoredEvent>> find_incident_events(Database& database, std::uint64_t number,
                                                      std::size_t limit) {
    return events_of(
        database.query("SELECT received_ms, payload FROM events WHERE incident = ? ORDER BY id DESC LIMIT ?",
                       number, static_cast<std::uint64_t>(limit)));
}

Result<std::vector<StoredEvent>> find_host_events(Database& database, std::string_view host_id,
                                                  std::size_t limit) {
    return events_of(
        database.query("SELECT received_ms, payload FROM events WHERE host_id = ? ORDER BY id DESC LIMIT ?",
                       host_id, static_cast<std::uint64_t>(limit)));
}

}  // namespace modelward::console
