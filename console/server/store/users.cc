// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/users.h"

#include <algorithm>

namespace modelward::console {
namespace {

bool is_name(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == '_' || c == '@';
    };
    return !name.empty() && name.size() <= kMaxUserNameBytes && std::ranges::all_of(name, fits);
}

}  // namespace

Result<void> add_user(ConfigDatabase& config, std::string_view username, std::string_view password_hash,
                      std::string_view role, std::int64_t now_ms, const Actor& actor) {
    if (!is_name(username)) {
        return fail(ErrorCode::kInvalid, "a user name is 1 to 64 of the characters a-z A-Z 0-9 . - _ @");
    }
    if (username.ends_with("@console"))
        return fail(ErrorCode::kInvalid, "names that end in @console are those of this program's own users");
    if (role != "admin" && role != "analyst") {
        return fail(ErrorCode::kInvalid, "a role is admin or analyst, not '" + std::string(role) + "'");
    }
    auto database = config.lock();
    auto transaction = Transaction::begin(*database);
    if (!transaction) return fail(transaction.error());
    auto added = database->run("INSERT INTO users(username, password, role, created_ms) VALUES(?, ?, ?, ?)",
                               username, password_hash, role, now_ms);
    if (!added && added.error().code() == ErrorCode::kConflict) {
        return fail(ErrorCode::kConflict, "the user '" + std::string(username) + "' exists already");
    }
    if (!added) return added;
    if (auto noted = append_audit(*database, now_ms, actor, "user.add", username, role); !noted) return noted;
    return transaction->commit();
}

Result<void> set_password(ConfigDatabase& config, std::string_view username, std::string_view password_hash,
                          std::int64_t now_ms, const Actor& actor) {
    auto database = config.lock();
    auto transaction = Transaction::begin(*database);
    if (!transaction) return fail(transaction.error());
    auto changed = database->run("UPDATE users SET password = ? WHERE username = ?", password_hash, username);
    if (!changed) return changed;
    if (database->changes() == 0) {
        return fail(ErrorCode::kNotFound, "there is no user '" + std::string(username) + "'");
    }
    changed = database->run("DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE username = ?)",
                            username);
    if (!changed) return changed;
    changed = append_audit(*database, now_ms, actor, "user.password", username, "their sessions have ended");
    if (!changed) return changed;
    return transaction->commit();
}

Result<std::optional<UserWithPassword>> find_user(ConfigDatabase& config, std::string_view username) {
    auto database = config.lock();
    auto rows =
        database->query("SELECT id, username, role, password FROM users WHERE username = ?", username);
    if (!rows) return fail(rows.error());
    const auto row = rows->next();
    if (!row) return fail(row.error());
    if (!*row) return std::nullopt;
    return UserWithPassword{{rows->integer(0), rows->text(1), rows->text(2)}, rows->text(3)};
}

}  // namespace modelward::console
