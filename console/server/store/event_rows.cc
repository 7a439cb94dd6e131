// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/event_rows.h"

#include <algorithm>

#include "console/server/incidents.h"
#include "wire/codec.h"

namespace modelward::console {
namespace {

constexpr char kSchema[] = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE hosts(
    host_id TEXT PRIMARY KEY, spool_id TEXT NOT NULL, last_seen_ms INTEGER NOT NULL, status BLOB NOT NULL,
    accepted INTEGER NOT NULL, repeated INTEGER NOT NULL, missing INTEGER NOT NULL,
    spool_changes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE marks(
    host_id TEXT NOT NULL, spool_id TEXT NOT NULL, mark INTEGER NOT NULL, used_ms INTEGER NOT NULL,
    PRIMARY KEY(host_id, spool_id)) STRICT, WITHOUT ROWID;
CREATE TABLE events(
    id INTEGER PRIMARY KEY, host_id TEXT NOT NULL, sequence INTEGER NOT NULL, kind INTEGER NOT NULL,
    received_ms INTEGER NOT NULL, incident INTEGER, payload BLOB NOT NULL) STRICT;
CREATE INDEX events_by_incident ON events(incident) WHERE incident IS NOT NULL;
CREATE INDEX events_by_host ON events(host_id, id);
CREATE TABLE incidents(
    number INTEGER PRIMARY KEY, host_id TEXT NOT NULL, host_name TEXT NOT NULL, rule_id TEXT NOT NULL,
    pid INTEGER NOT NULL, process_start_ns INTEGER NOT NULL, artifact_id TEXT NOT NULL, sink_kind TEXT NOT NULL,
    level TEXT NOT NULL, verdict INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL, count INTEGER NOT NULL, bytes_requested INTEGER NOT NULL, bytes_out INTEGER NOT NULL,
    search TEXT NOT NULL, first_event BLOB NOT NULL) STRICT;
CREATE INDEX incidents_by_key ON incidents(host_id, rule_id, pid, process_start_ns, last_ms);
PRAGMA user_version = 1;
)sql";

// The kernel tells when a process started since the boot; the agent makes a time of day of it for each event
// anew, and the offset between the two clocks moves with every correction of the time of day. The same start
// differs by microseconds to milliseconds from event to event. No process id comes again within a second
// unless somebody starts all of them meanwhile.
constexpr std::int64_t kSameStartNs = 1'000'000'000;

constexpr int kMarksKept = 16;  // of a host: one a spool that it ever had

// SQLite's integers are signed; a counter that large is an agent's mistake and must not become negative.
std::int64_t storable(std::uint64_t value) {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(value, INT64_MAX));
}

std::int64_t sum_capped(std::int64_t a, std::uint64_t b) {
    return storable(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(storable(b)));
}

// An agent may send any number; these do not overflow.
std::int64_t earlier(std::int64_t time, std::int64_t by) {
    return time < INT64_MIN + by ? INT64_MIN : time - by;
}
std::int64_t later(std::int64_t time, std::int64_t by) {
    return time > INT64_MAX - by ? INT64_MAX : time + by;
}

Result<std::int64_t> next_incident_number(Database& database) {
    auto rows =
        database.query("UPDATE meta SET value = value + 1 WHERE key = 'next_incident' RETURNING value - 1");
    if (!rows) return fail(rows.error());
    const auto row = rows->next();
    if (!row) return fail(row.error());
    if (!*row) return fail(ErrorCode::kInternal, "the event file has no incident counter");
    const std::int64_t number = rows->integer(0);
    if (const auto end = rows->next(); !end) return fail(end.error());
    return number;
}

// The open incident that an event of this key and time belongs to.
Result<std::optional<std::int64_t>> find_incident(Database& database, const HostName& host,
                                                  const IncidentKey& key, std::int64_t time_ms) {
    auto rows = database.query(
        "SELECT number FROM incidents WHERE host_id = ? AND rule_id = ? AND pid = ? AND process_start_ns "
        "BETWEEN ? AND ? AND last_ms >= ? AND first_ms <= ? AND artifact_id = ? AND sink_kind = ? ORDER BY "
        "last_ms DESC "
        "LIMIT 1",
        host.id, key.rule_id, key.pid, earlier(key.process_start_ns, kSameStartNs),
        later(key.process_start_ns, kSameStartNs), time_ms - kIncidentWindowMs, time_ms + kIncidentWindowMs,
        key.artifact_id, key.sink_kind);
    if (!rows) return fail(rows.error());
    const auto row = rows->next();
    if (!row) return fail(row.error());
    if (!*row) return std::nullopt;
    return rows->integer(0);
}

// Throttled is less than blocked, whatever their numbers on the wire.
int strength(std::int64_t verdict) {
    switch (verdict) {
        case wire::VERDICT_ALERT:
            return 1;
        case wire::VERDICT_THROTTLE:
            return 2;
        case wire::VERDICT_BLOCK:
            return 3;
        case wire::VERDICT_KILL:
            return 4;
        default:
            return 0;
    }
}

std::int64_t stronger(std::int64_t a, std::int64_t b) {
    return strength(b) > strength(a) ? b : a;
}

Result<void> extend_incident(Database& database, std::int64_t number, const wire::Event& event,
                             std::int64_t time_ms, std::int64_t now_ms) {
    auto rows = database.query(
        "SELECT count, bytes_requested, bytes_out, verdict FROM incidents WHERE number = ?", number);
    if (!rows) return fail(rows.error());
    if (const auto row = rows->next(); !row) return fail(row.error());
    const std::int64_t count = sum_capped(rows->integer(0), event_count(event));
    const std::int64_t requested = sum_capped(rows->integer(1), event.bytes_requested());
    const std::int64_t out = std::max(rows->integer(2), storable(event.bytes_metered()));
    return database.run(
        "UPDATE incidents SET verdict = ?, first_ms = min(first_ms, ?), last_ms = max(last_ms, "
        "?), "
        "received_ms = ?, count = ?, bytes_requested = ?, bytes_out = ? WHERE number = ?",
        stronger(rows->integer(3), event.verdict()), time_ms, time_ms, now_ms, count, requested, out, number);
}

Result<std::int64_t> open_incident(Database& database, const HostName& host, const IncidentKey& key,
                                   const wire::Event& event, BlobView payload, std::int64_t time_ms,
                                   std::int64_t now_ms) {
    const auto number = next_incident_number(database);
    if (!number) return number;
    auto added = database.run(
        "INSERT INTO incidents(number, host_id, host_name, rule_id, pid, process_start_ns, artifact_id, "
        "sink_kind, "
        "level, verdict, first_ms, last_ms, received_ms, count, bytes_requested, bytes_out, search, "
        "first_event) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *number, host.id, host.name, key.rule_id, key.pid, key.process_start_ns, key.artifact_id,
        key.sink_kind, level_of(event), static_cast<int>(event.verdict()), time_ms, time_ms, now_ms,
        storable(event_count(event)), storable(event.bytes_requested()), storable(event.bytes_metered()),
        search_text(host.name, event), payload);
    if (!added) return fail(added.error());
    return number;
}

Result<void> copy_hosts(Database& from, Database& to) {
    auto hosts = from.query("SELECT host_id FROM hosts");
    if (!hosts) return fail(hosts.error());
    while (true) {
        const auto row = hosts->next();
        if (!row) return fail(row.error());
        if (!*row) return {};
        const auto state = load_host_state(from, hosts->text(0));
        if (!state) return fail(state.error());
        if (auto saved = save_host_state(to, hosts->text(0), *state); !saved) return saved;
    }
}

Result<void> copy_marks(Database& from, Database& to) {
    auto marks = from.query("SELECT host_id, spool_id, mark, used_ms FROM marks");
    if (!marks) return fail(marks.error());
    while (true) {
        const auto row = marks->next();
        if (!row) return fail(row.error());
        if (!*row) return {};
        auto copied =
            to.run("INSERT OR REPLACE INTO marks(host_id, spool_id, mark, used_ms) VALUES(?, ?, ?, ?)",
                   marks->text(0), marks->text(1), marks->integer(2), marks->integer(3));
        if (!copied) return copied;
    }
}

}  // namespace

Result<void> create_event_schema(Database& database) {
    return database.script(kSchema);
}

Result<void> seed_event_file(Database& database, Database* previous) {
    std::int64_t next_incident = 1;
    if (previous != nullptr) {
        auto numbers = previous->query("SELECT value FROM meta WHERE key = 'next_incident'");
        if (!numbers) return fail(numbers.error());
        if (const auto row = numbers->next(); !row) return fail(row.error());
        next_incident = std::max<std::int64_t>(1, numbers->integer(0));
        if (auto copied = copy_hosts(*previous, database); !copied) return copied;
        if (auto copied = copy_marks(*previous, database); !copied) return copied;
    }
    return database.run("INSERT INTO meta(key, value) VALUES('next_incident', ?)", next_incident);
}

Result<HostState> load_host_state(Database& database, std::string_view host_id) {
    auto rows = database.query(
        "SELECT spool_id, ifnull(mark, 0), last_seen_ms, status, accepted, repeated, missing, spool_changes "
        "FROM hosts LEFT JOIN marks USING(host_id, spool_id) WHERE host_id = ?",
        host_id);
    if (!rows) return fail(rows.error());
    const auto row = rows->next();
    if (!row) return fail(row.error());
    if (!*row) return HostState{};
    return HostState{rows->text(0),  rows->count(1), rows->integer(2), rows->text(3),
                     rows->count(4), rows->count(5), rows->count(6),   rows->count(7)};
}

Result<std::uint64_t> load_mark(Database& database, std::string_view host_id, std::string_view spool_id) {
    auto rows =
        database.query("SELECT mark FROM marks WHERE host_id = ? AND spool_id = ?", host_id, spool_id);
    if (!rows) return fail(rows.error());
    const auto row = rows->next();
    if (!row) return fail(row.error());
    return *row ? rows->count(0) : 0;
}

Result<void> save_host_state(Database& database, std::string_view host_id, const HostState& state) {
    const BlobView status(reinterpret_cast<const std::uint8_t*>(state.status.data()), state.status.size());
    auto saved = database.run(
        "INSERT INTO hosts(host_id, spool_id, last_seen_ms, status, accepted, repeated, missing, "
        "spool_changes) VALUES(?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT(host_id) DO UPDATE SET spool_id = excluded.spool_id, "
        "last_seen_ms = excluded.last_seen_ms, status = excluded.status, accepted = excluded.accepted, "
        "repeated = excluded.repeated, missing = excluded.missing, spool_changes = excluded.spool_changes",
        host_id, state.spool_id, state.last_seen_ms, status, state.accepted, state.repeated, state.missing,
        state.spool_changes);
    if (!saved) return saved;
    saved = database.run(
        "INSERT INTO marks(host_id, spool_id, mark, used_ms) VALUES(?, ?, ?, ?) "
        "ON CONFLICT(host_id, spool_id) DO UPDATE SET mark = excluded.mark, used_ms = excluded.used_ms",
        host_id, state.spool_id, state.mark, state.last_seen_ms);
    if (!saved) return saved;
    // The one in use stays whatever the clock says.
    return database.run(
        "DELETE FROM marks WHERE host_id = ?1 AND spool_id <> ?2 AND spool_id NOT IN (SELECT spool_id FROM "
        "marks WHERE host_id = ?1 AND spool_id <> ?2 ORDER BY used_ms DESC LIMIT ?3)",
        host_id, state.spool_id, kMarksKept - 1);
}

Result<void> insert_event(Database& database, const HostName& host, const wire::Event& event,
                          std::int64_t now_ms, std::set<std::uint64_t>& changed) {
    const auto serialized = wire::serialize(event);
    if (!serialized) return fail(serialized.error());
    const BlobView payload(reinterpret_cast<const std::uint8_t*>(serialized->data()), serialized->size());
    if (!belongs_to_incident(event)) {
        return database.run(
            "INSERT INTO events(host_id, sequence, kind, received_ms, incident, payload) VALUES(?, ?, ?, ?, "
            "?, ?)",
            host.id, event.sequence(), static_cast<int>(event.kind()), now_ms, nullptr, payload);
    }
    const IncidentKey key = incident_key(event);
    const std::int64_t time_ms = event.time_unix_ns() / 1'000'000;
    const auto open = find_incident(database, host, key, time_ms);
    if (!open) return fail(open.error());
    std::int64_t number = open->value_or(0);
    if (*open) {
        if (auto done = extend_incident(database, number, event, time_ms, now_ms); !done) return done;
    } else {
        const auto opened = open_incident(database, host, key, event, payload, time_ms, now_ms);
        if (!opened) return fail(opened.error());
        number = *opened;
    }
    changed.insert(static_cast<std::uint64_t>(number));
    return database.run(
        "INSERT INTO events(host_id, sequence, kind, received_ms, incident, payload) VALUES(?, ?, ?, ?, ?, "
        "?)",
        host.id, event.sequence(), static_cast<int>(event.kind()), now_ms, number, payload);
}

}  // namespace modelward::console
