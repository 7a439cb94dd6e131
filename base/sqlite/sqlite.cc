// SPDX-License-Identifier: Apache-2.0
#include "base/sqlite/sqlite.h"

#include <fcntl.h>

#include "base/unique_fd.h"

namespace modelward {
namespace {

constexpr int kBusyTimeoutMs = 10'000;  // another process (user add, enrollment-token create) may be writing

std::unexpected<Error> fail_sqlite(sqlite3* handle, std::string_view what) {
    const int code = sqlite3_errcode(handle);
    const bool constraint = (code & 0xFF) == SQLITE_CONSTRAINT;
    return fail(constraint ? ErrorCode::kConflict : ErrorCode::kIo,
                "database: " + std::string(what) + ": " + sqlite3_errmsg(handle));
}

}  // namespace

Query::~Query() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

Result<bool> Query::next() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return fail_sqlite(sqlite3_db_handle(statement_), sqlite3_sql(statement_));
}

std::string Query::text(int column) const {
    const void* bytes = sqlite3_column_blob(statement_, column);
    const int length = sqlite3_column_bytes(statement_, column);
    return bytes == nullptr ? std::string()
                            : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

// Copies what is bound: the caller's temporaries are gone by the time the statement runs.
void Query::bind(int index, std::string_view value) {
    sqlite3_bind_text64(statement_, index, value.data() == nullptr ? "" : value.data(), value.size(),
                        SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Query::bind(int index, BlobView value) {
    if (value.empty()) {
        sqlite3_bind_zeroblob(statement_, index, 0);
    } else {
        sqlite3_bind_blob64(statement_, index, value.data(), value.size(), SQLITE_TRANSIENT);
    }
}

Result<Database> Database::connect(const std::string& name, int flags) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(raw);
    if (code != SQLITE_OK)
        return fail(ErrorCode::kIo,
                    "open " + name + ": " + (raw ? sqlite3_errmsg(raw) : sqlite3_errstr(code)));
    sqlite3_extended_result_codes(raw, 1);
    return database;
}

Result<Database> Database::open(const std::filesystem::path& path, bool create) {
    // SQLite would create it readable by all.
    if (create) {
        const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!fd) return fail_errno("create " + path.string());
    }
    auto database = connect(path.string(), SQLITE_OPEN_READWRITE);
    if (!database) return fail(database.error());
    sqlite3_busy_timeout(database->handle_.get(), kBusyTimeoutMs);
    const auto ready = database->script(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA "
        "trusted_schema=OFF;");
    if (!ready) return fail(ready.error().with_context(path.string()));
    return database;
}

Result<Database> Database::open_to_read(const std::filesystem::path& path, bool whole) {
    std::string uri = "file:";
    for (const char letter : path.string()) {  // RFC 3986: what would end the path, or begin an escape
        if (letter == '?')
            uri += "%3f";
        else if (letter == '#')
            uri += "%23";
        else if (letter == '%')
            uri += "%25";
        else
            uri += letter;
    }
    if (whole) uri += "?immutable=1";
    auto database = connect(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    if (!database) return fail(database.error());
    if (auto ready = database->script("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"); !ready)
        return fail(ready.error().with_context(path.string()));
    return database;
}

Result<void> Database::script(const std::string& sql) {
    if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return fail_sqlite(handle_.get(), sql.substr(0, 80));
}

Result<Query> Database::prepare(std::string_view sql) {
    auto& kept = kept_[std::string(sql)];
    if (kept && !sqlite3_stmt_busy(kept.get())) return Query(kept.get(), nullptr);
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &raw, nullptr) != SQLITE_OK) {
        return fail_sqlite(handle_.get(), sql);
    }
    StatementHandle statement(raw);
    if (kept) return Query(raw, std::move(statement));
    kept = std::move(statement);
    return Query(raw, nullptr);
}

Result<Transaction> Transaction::begin(Database& database) {
    if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return fail(begun.error());
    return Transaction(&database);
}

Transaction::~Transaction() {
    if (database_ != nullptr) (void)database_->run("ROLLBACK");
}

Result<void> Transaction::commit() {
    auto committed = database_->run("COMMIT");
    if (committed) database_ = nullptr;
    return committed;
}

}  // namespace modelward
