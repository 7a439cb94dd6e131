// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/audit.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

#include "base/utf8.h"

namespace modelward::console {
namespace {

constexpr std::size_t kMaxWordBytes = 512;

std::string cut(std::string_view text) {
    return as_utf8(std::string(text.substr(0, kMaxWordBytes)));
}

// LIKE with the text's own wildcards taken as they are.
std::string pattern_of(const std::string& text) {
    std::string pattern = "%";
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + "%";
}

constexpr char kMatching[] =
    " FROM audit WHERE (?1 = '' OR actor = ?1) AND (?2 = '' OR action = ?2) AND (?3 = '%%' OR actor LIKE ?3 "
    "ESCAPE '\\' OR address LIKE ?3 ESCAPE '\\' OR object LIKE ?3 ESCAPE '\\' OR detail LIKE ?3 ESCAPE '\\') "
    "AND time_ms >= ?4 AND time_ms <= ?5 AND number < ?6 ";

constexpr std::int64_t kEver = INT64_MAX;
constexpr std::int64_t kWeekMs = 7LL * 24 * 3600 * 1000;

// Whether the clock, looked at now, has run on for two weeks without a step back or a jump past a week. A
// console that was switched off for longer looks like one whose clock jumped, and waits as well.
Result<bool> clock_is_steady(Database& database, std::int64_t now_ms) {
    const auto noted = database.run(
        "UPDATE audit_clock SET steady_since_ms = iif(?1 < seen_ms OR ?1 > seen_ms + ?2, ?1, "
        "steady_since_ms), seen_ms = ?1",
        now_ms, kWeekMs);
    if (!noted) return fail(noted.error());
    auto rows = database.query("SELECT steady_since_ms FROM audit_clock");
    if (!rows) return fail(rows.error());
    if (const auto row = rows->next(); !row) return fail(row.error());
    return now_ms - rows->integer(0) >= 2 * kWeekMs;
}

Result<std::int64_t> floor_of(Database& database) {
    auto rows = database.query("SELECT time_ms FROM audit_floor");
    if (!rows) return fail(rows.error());
    if (const auto row = rows->next(); !row) return fail(row.error());
    return rows->integer(0);
}

}  // namespace

// The trigger looks at audit_floor, which only remove_audit_before() moves.
const char kAuditSchema[] = R"sql(
CREATE TABLE audit(
    number INTEGER PRIMARY KEY AUTOINCREMENT, time_ms INTEGER NOT NULL, actor TEXT NOT NULL, address TEXT NOT NULL,
    action TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
CREATE INDEX audit_by_time ON audit(time_ms);
CREATE TABLE audit_floor(one INTEGER PRIMARY KEY CHECK(one = 1), time_ms INTEGER NOT NULL) STRICT;
INSERT INTO audit_floor VALUES(1, 0);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
    WHEN OLD.time_ms >= (SELECT time_ms FROM audit_floor)
    BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
)sql";

// REPLACE removes without firing DELETE triggers unless the connection asks for it, so it is stopped before.
const char kAuditSchema3[] = R"sql(
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
    WHEN EXISTS(SELECT 1 FROM audit WHERE number = NEW.number)
    BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_grows_at_its_end AFTER INSERT ON audit
    WHEN NEW.number < (SELECT max(number) FROM audit)
    BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
CREATE TABLE audit_clock(
    one INTEGER PRIMARY KEY CHECK(one = 1), seen_ms INTEGER NOT NULL, steady_since_ms INTEGER NOT NULL) STRICT;
INSERT INTO audit_clock VALUES(1, 0, 0);
)sql";

Actor local_actor() {
    std::array<char, 16384> buffer;
    passwd record{};
    passwd* found = nullptr;
    const auto uid = ::getuid();
    const bool known = ::getpwuid_r(uid, &record, buffer.data(), buffer.size(), &found) == 0 && found;
    return {(known ? as_utf8(record.pw_name) : std::to_string(uid)) + "@console", ""};
}

Result<void> append_audit(Database& database, std::int64_t now_ms, const Actor& actor,
                          std::string_view action, std::string_view object, std::string_view detail) {
    return database.run(
        "INSERT INTO audit(time_ms, actor, address, action, object, detail) VALUES(?, ?, ?, ?, ?, ?)", now_ms,
        cut(actor.name), cut(actor.address), action, cut(object), cut(detail));
}

Result<AuditPage> audit_page(ConfigDatabase& config, const AuditFilter& filter,
                             std::optional<std::int64_t> before, std::size_t limit) {
    auto database = config.lock_reader();
    const std::string pattern = pattern_of(filter.text);
    const auto ask = [&](const std::string& sql, std::int64_t below) {
        return database->query(sql, filter.actor, filter.action, pattern, filter.from_ms.value_or(0),
                               filter.to_ms.value_or(kEver), below);
    };
    AuditPage page;
    {
        auto count = ask(std::string("SELECT count(*)") + kMatching, kEver);
        if (!count) return fail(count.error());
        if (const auto row = count->next(); !row) return fail(row.error());
        page.total = count->integer(0);
    }
    auto rows = ask(std::string("SELECT number, time_ms, actor, address, action, object, detail") +
                        kMatching + "ORDER BY number DESC LIMIT " + std::to_string(limit + 1),
                    before.value_or(kEver));
    if (!rows) return fail(rows.error());
    while (true) {
        const auto row = rows->next();
        if (!row) return fail(row.error());
        if (!*row) return page;
        if (page.entries.size() == limit) {
            page.next = page.entries.back().number;
            return page;
        }
        page.entries.push_back({rows->integer(0), rows->integer(1), rows->text(2), rows->text(3),
                                rows->text(4), rows->text(5), rows->text(6)});
    }
}

Result<std::int64_t> remove_audit_before(ConfigDatabase& config, std::int64_t time_ms, std::int64_t now_ms) {
    auto database = config.lock();
    auto transaction = Transaction::begin(*database);
    if (!transaction) return fail(transaction.error());
    const auto steady = clock_is_steady(*database, now_ms);
    if (!steady) return fail(steady.error());
    std::int64_t removed = 0;
    if (*steady) {
        const auto last_floor = floor_of(*database);
        if (!last_floor) return fail(last_floor.error());
        auto done = database->run("UPDATE audit_floor SET time_ms = ?", time_ms);
        if (!done) return fail(done.error());
        done = database->run("DELETE FROM audit WHERE time_ms >= ? AND time_ms < ?", *last_floor, time_ms);
        if (!done) return fail(done.error());
        removed = database->changes();
    }
    if (auto kept = transaction->commit(); !kept) return fail(kept.error());
    return removed;
}

}  // namespace modelward::console
