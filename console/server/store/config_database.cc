// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/config_database.h"

#include "console/server/store/audit.h"
#include "console/server/store/refused_sign_ins.h"

namespace modelward::console {
namespace {

constexpr std::int64_t kSchemaVersion = 4;  // 2: the audit log; 3: nor is it replaced; 4: refused sign-ins

// AUTOINCREMENT where a number must never come back: what the kernel keeps of an artifact, a bundle's
// version.
constexpr char kSchema[] = R"sql(
CREATE TABLE users(
    id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, password TEXT NOT NULL, role TEXT NOT NULL,
    created_ms INTEGER NOT NULL) STRICT;
CREATE TABLE sessions(
    token_hash BLOB PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    created_ms INTEGER NOT NULL, last_used_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE enrollment_tokens(
    secret_hash BLOB PRIMARY KEY, expires_ms INTEGER NOT NULL, used_ms INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE hosts(
    id TEXT PRIMARY KEY, name TEXT NOT NULL, certificate_sha256 BLOB NOT NULL,
    certificate_expires_ms INTEGER NOT NULL, enrolled_ms INTEGER NOT NULL, revoked_ms INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE documents(
    role TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY(role, position)) STRICT, WITHOUT ROWID;
CREATE TABLE class_numbers(
    name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE artifacts(
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    class TEXT NOT NULL, bytes INTEGER NOT NULL, sha256 BLOB NOT NULL UNIQUE, fingerprint BLOB NOT NULL,
    created_ms INTEGER NOT NULL) STRICT;
CREATE TABLE bundles(
    version INTEGER PRIMARY KEY AUTOINCREMENT, created_ms INTEGER NOT NULL, payload BLOB NOT NULL,
    signature BLOB NOT NULL) STRICT;
)sql";

Result<std::int64_t> schema_version(Database& database) {
    auto rows = database.query("PRAGMA user_version");
    if (!rows) return fail(rows.error());
    if (const auto row = rows->next(); !row) return fail(row.error());
    return rows->integer(0);
}

Result<void> prepare_schema(Database& database) {
    auto transaction = Transaction::begin(database);
    if (!transaction) return fail(transaction.error());
    const auto version = schema_version(database);
    if (!version) return fail(version.error());
    if (*version > kSchemaVersion) {
        return fail(ErrorCode::kUnsupported, "the database was made by a newer console (schema " +
                                                 std::to_string(*version) + ", this one knows " +
                                                 std::to_string(kSchemaVersion) +
                                                 "): upgrade modelward-console");
    }
    if (*version == kSchemaVersion) return {};
    if (*version < 1)
        if (auto made = database.script(kSchema); !made) return made;
    if (*version < 2)
        if (auto made = database.script(kAuditSchema); !made) return made;
    if (*version < 3)
        if (auto made = database.script(kAuditSchema3); !made) return made;
    if (auto made = database.script(kRefusedSignInsSchema); !made) return made;
    if (auto made = database.script("PRAGMA user_version = " + std::to_string(kSchemaVersion)); !made)
        return made;
    return transaction->commit();
}

}  // namespace

Result<std::unique_ptr<ConfigDatabase>> ConfigDatabase::open(const std::filesystem::path& path, bool create) {
    std::error_code error;
    if (!create && !std::filesystem::exists(path, error)) {
        return fail(ErrorCode::kNotFound,
                    path.string() + " does not exist: run `modelward-console init --state-dir DIR` first");
    }
    auto database = Database::open(path, create);
    if (!database) return fail(database.error());
    if (auto ready = prepare_schema(*database); !ready)
        return fail(ready.error().with_context(path.string()));
    auto reader = Database::open(path, false);
    if (!reader) return fail(reader.error());
    if (auto ready = reader->script("PRAGMA query_only = ON"); !ready) return fail(ready.error());
    return std::unique_ptr<ConfigDatabase>(new ConfigDatabase(std::move(*database), std::move(*reader)));
}

}  // namespace modelward::console
