// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/refused_sign_ins.h"

#include <string>
#include <vector>

#include "console/server/store/audit.h"

namespace modelward::console {
namespace {

constexpr char kAction[] = "session.refused";
constexpr char kOthers[] = "for other users or from other addresses";
constexpr char kTurnedAway[] = "too many tries, passwords not looked at";

struct Counted {
    std::string username{}, address{}, reason{};
    std::int64_t more = 0, last_ms = 0;
};

Result<std::vector<Counted>> all_counted(Database& database) {
    std::vector<Counted> all;
    auto rows = database.query(
        "SELECT username, address, reason, more, last_ms FROM refused_sign_ins WHERE more > 0 ORDER BY "
        "last_ms");
    if (!rows) return fail(rows.error());
    while (true) {
        const auto row = rows->next();
        if (!row) return fail(row.error());
        if (!*row) return all;
        all.push_back({rows->text(0), rows->text(1), rows->text(2), rows->integer(3), rows->integer(4)});
    }
}

Result<std::int64_t> number(Database& database, std::string_view sql) {
    auto rows = database.query(sql);
    if (!rows) return fail(rows.error());
    if (const auto row = rows->next(); !row) return fail(row.error());
    return rows->integer(0);
}

Result<void> count(Database& database, std::string_view reason, std::int64_t more, std::int64_t now_ms) {
    return database.run(
        "INSERT INTO refused_sign_ins VALUES('', '', ?1, ?2, ?3, ?3) ON CONFLICT DO UPDATE SET more = more + "
        "?2, last_ms = ?3",
        reason, more, now_ms);
}

// Within the caller's transaction. A clock that went back ends the ten minutes too.
Result<void> settle(Database& database, std::int64_t now_ms) {
    const auto since_ms = number(database, "SELECT ifnull(min(since_ms), -1) FROM refused_sign_ins");
    if (!since_ms) return fail(since_ms.error());
    if (*since_ms < 0 || (now_ms >= *since_ms && now_ms - *since_ms < kRefusalWindowMs)) return {};
    const auto counted = all_counted(database);
    if (!counted) return fail(counted.error());
    for (const Counted& one : *counted) {
        auto noted = append_audit(database, one.last_ms, {one.username, one.address}, kAction, one.username,
                                  one.reason + ": " + std::to_string(one.more) + " more in ten minutes");
        if (!noted) return noted;
    }
    return database.run("DELETE FROM refused_sign_ins");
}

}  // namespace

// `more`: without the one that has an entry already.
const char kRefusedSignInsSchema[] = R"sql(
CREATE TABLE refused_sign_ins(
    username TEXT NOT NULL, address TEXT NOT NULL, reason TEXT NOT NULL, more INTEGER NOT NULL,
    since_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
    PRIMARY KEY(username, address, reason)) STRICT, WITHOUT ROWID;
)sql";

Result<void> note_refused_sign_in(ConfigDatabase& config, std::string_view username, std::int64_t now_ms,
                                  std::string_view address) {
    const std::string_view reason = username.empty() ? "no such user" : "wrong password";
    auto database = config.lock();
    auto transaction = Transaction::begin(*database);
    if (!transaction) return fail(transaction.error());
    if (auto settled = settle(*database, now_ms); !settled) return settled;
    auto done = database->run(
        "UPDATE refused_sign_ins SET more = more + 1, last_ms = ? WHERE username = ? AND address = ? AND "
        "reason = ?",
        now_ms, username, address, reason);
    if (!done) return done;
    if (database->changes() > 0) return transaction->commit();
    const auto pairs = number(*database, "SELECT count(*) FROM refused_sign_ins WHERE address <> ''");
    if (!pairs) return fail(pairs.error());
    if (*pairs >= kRefusalPairs) {
        done = count(*database, kOthers, 1, now_ms);
    } else {
        done = append_audit(*database, now_ms, {std::string(username), std::string(address)}, kAction,
                            username, reason);
        if (!done) return done;
        done = database->run("INSERT INTO refused_sign_ins VALUES(?1, ?2, ?3, 0, ?4, ?4)", username, address,
                             reason, now_ms);
    }
    if (!done) return done;
    return transaction->commit();
}

Result<void> settle_refused_sign_ins(ConfigDatabase& config, std::uint64_t turned_away, std::int64_t now_ms) {
    auto database = config.lock();
    auto transaction = Transaction::begin(*database);
    if (!transaction) return fail(transaction.error());
    if (turned_away > 0) {
        auto counted = count(*database, kTurnedAway, static_cast<std::int64_t>(turned_away), now_ms);
        if (!counted) return counted;
    }
    if (auto settled = settle(*database, now_ms); !settled) return settled;
    return transaction->commit();
}

}  // namespace modelward::console
