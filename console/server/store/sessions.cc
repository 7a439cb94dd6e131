// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/sessions.h"

#include <tuple>

#include "console/server/store/audit.h"
#include "wire/base64.h"
#include "wire/digest.h"
#include "wire/random.h"

namespace modelward::console {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::int64_t kTouchMs = 60'000;  // use is noted to the minute: reading must not write every time

struct Standing {
    User user{};
    std::int64_t last_used_ms = 0;
};

Result<std::optional<Standing>> standing(Database& database, const wire::Sha256& hash, std::int64_t now_ms) {
    auto rows = database.query(
        "SELECT users.id, username, role, last_used_ms FROM sessions JOIN users ON users.id = user_id "
        "WHERE token_hash = ? AND last_used_ms >= ? AND sessions.created_ms > ?",
        BlobView(hash), now_ms - kSessionIdleMs, now_ms - kSessionLifeMs);
    if (!rows) return fail(rows.error());
    const auto row = rows->next();
    if (!row) return fail(row.error());
    if (!*row) return std::nullopt;
    return Standing{{rows->integer(0), rows->text(1), rows->text(2)}, rows->integer(3)};
}

}  // namespace

Result<std::string> start_session(ConfigDatabase& config, const User& user, std::int64_t now_ms,
                                  std::string_view address) {
    const std::string token = wire::to_base64url(wire::random_bytes(kTokenBytes));
    auto database = config.lock();
    auto transaction = Transaction::begin(*database);
    if (!transaction) return fail(transaction.error());
    auto swept = database->run("DELETE FROM sessions WHERE last_used_ms < ? OR created_ms <= ?",
                               now_ms - kSessionIdleMs, now_ms - kSessionLifeMs);
    if (!swept) return fail(swept.error());
    auto added = database->run(
        "INSERT INTO sessions(token_hash, user_id, created_ms, last_used_ms) VALUES(?, ?, ?, ?)",
        BlobView(wire::sha256(token)), user.id, now_ms, now_ms);
    if (!added) return fail(added.error());
    auto noted = append_audit(*database, now_ms, {user.username, std::string(address)}, "session.start",
                              user.username, user.role);
    if (!noted) return fail(noted.error());
    if (auto kept = transaction->commit(); !kept) return fail(kept.error());
    return token;
}

Result<std::optional<User>> find_session(ConfigDatabase& config, std::string_view token,
                                         std::int64_t now_ms) {
    if (token.empty()) return std::nullopt;
    const wire::Sha256 hash = wire::sha256(token);
    auto database = config.lock();
    auto found = standing(*database, hash, now_ms);
    if (!found) return fail(found.error());
    if (!*found) return std::nullopt;
    if ((*found)->last_used_ms < now_ms - kTouchMs) {
        // Whoever is signed in can go on reading while the disk is full; a use that could not be noted only
        // lets the session end earlier.
        std::ignore = database->run("UPDATE sessions SET last_used_ms = ? WHERE token_hash = ?", now_ms,
                                    BlobView(hash));
    }
    return std::move((*found)->user);
}

Result<bool> session_holds(ConfigDatabase& config, std::string_view token, std::int64_t now_ms) {
    if (token.empty()) return false;
    auto database = config.lock();
    const auto found = standing(*database, wire::sha256(token), now_ms);
    if (!found) return fail(found.error());
    return found->has_value();
}

Result<void> end_session(ConfigDatabase& config, std::string_view token, const User& user,
                         std::int64_t now_ms, std::string_view address) {
    auto database = config.lock();
    auto transaction = Transaction::begin(*database);
    if (!transaction) return fail(transaction.error());
    auto ended = database->run("DELETE FROM sessions WHERE token_hash = ?", BlobView(wire::sha256(token)));
    if (!ended) return ended;
    ended = append_audit(*database, now_ms, {user.username, std::string(address)}, "session.end",
                         user.username, "");
    if (!ended) return ended;
    return transaction->commit();
}

}  // namespace modelward::console
