// SPDX-License-Identifier: Apache-2.0
#include "agent/spool/database.h"

#include <fcntl.h>
#include <sqlite3.h>

#include "base/unique_fd.h"

namespace modelward::agent {
namespace {

std::unexpected<Error> sqlite_error(sqlite3* connection, std::string_view what) {
    const int code = sqlite3_errcode(connection) & 0xff;
    return fail(code == SQLITE_FULL ? ErrorCode::kLimit : ErrorCode::kIo,
                std::string(what) + ": " + sqlite3_errmsg(connection));
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}
void Database::Close::operator()(sqlite3* connection) const {
    sqlite3_close(connection);
}

// A bind fails only for a wrong position, which is a mistake of ours that step() would show at the first
// test.
Statement& Statement::bind(int position, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), position, value);
    return *this;
}

Statement& Statement::bind(int position, std::string_view text) {
    sqlite3_bind_text64(statement_.get(), position, text.data() ? text.data() : "", text.size(),
                        SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int position, std::span<const std::uint8_t> blob) {
    static constexpr std::uint8_t kNothing = 0;
    sqlite3_bind_blob64(statement_.get(), position, blob.empty() ? &kNothing : blob.data(), blob.size(),
                        SQLITE_TRANSIENT);
    return *this;
}

Result<bool> Statement::step() {
    switch (sqlite3_step(statement_.get())) {
        case SQLITE_ROW:
            return true;
        case SQLITE_DONE:
            return false;
        default: {
            auto error = sqlite_error(sqlite3_db_handle(statement_.get()), "spool");
            reset();
            return error;
        }
    }
}

Result<void> Statement::run() {
    for (;;) {
        auto row = step();
        if (!row) return fail(row.error());
        if (!*row) break;
    }
    reset();
    return {};
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
    const auto* bytes = sqlite3_column_text(statement_.get(), column);
    if (!bytes) return {};
    return {reinterpret_cast<const char*>(bytes),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::vector<std::uint8_t> Statement::blob(int column) const {
    const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
    if (!bytes) return {};
    return {bytes, bytes + sqlite3_column_bytes(statement_.get(), column)};
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
}

Result<Database> Database::open(const std::filesystem::path& path) {
    {
        // SQLite would make the file with the umask's mode.
        const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!file) return fail_errno("cannot open the spool " + path.string());
    }
    sqlite3* connection = nullptr;
    const int opened =
        sqlite3_open_v2(path.c_str(), &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, nullptr);
    Database database(connection);
    if (opened != SQLITE_OK) return sqlite_error(connection, "cannot open the spool " + path.string());
    sqlite3_busy_timeout(connection, 5000);
    for (const auto* sql :
         {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA journal_size_limit=1048576"})
        if (auto done = database.execute(sql); !done) return fail(done.error().with_context(path.string()));
    return database;
}

Result<void> Database::execute(const char* sql) {
    if (sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return sqlite_error(connection_.get(), "spool");
    return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
        return sqlite_error(connection_.get(), "spool");
    return Statement(statement);
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(connection_.get());
}

Result<Transaction> Transaction::begin(Database& database) {
    if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return fail(begun.error());
    return Transaction(&database);
}

// SQLite may have rolled back by itself (disk full); a second rollback is then refused, which changes
// nothing.
Transaction::~Transaction() {
    if (database_) static_cast<void>(database_->execute("ROLLBACK"));
}

Result<void> Transaction::commit() {
    if (auto done = database_->execute("COMMIT"); !done) return done;
    database_ = nullptr;
    return {};
}

}  // namespace modelward::agent
