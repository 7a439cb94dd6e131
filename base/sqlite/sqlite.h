// SPDX-License-Identifier: Apache-2.0
// SQLite as values: a database, a query under way, a transaction. Statements are prepared once and kept.
//
//   auto rows = db.query("SELECT name FROM users WHERE id = ?", id);
//   while (rows->next().value_or(false)) use(rows->text(0));
//
// A Database belongs to one thread at a time. Errors are kIo (kConflict for a violated constraint) and name
// the SQL. A failed statement leaves the connection usable.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/error.h"

namespace modelward {

// A blob to bind; text is bound from std::string_view.
using BlobView = std::span<const std::uint8_t>;

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// Rows as they come. Must not outlive its Database.
class Query {
  public:
    Query(sqlite3_stmt* kept, StatementHandle own) : statement_(kept), own_(std::move(own)) {}
    Query(Query&& other) noexcept
        : statement_(std::exchange(other.statement_, nullptr)), own_(std::move(other.own_)) {}
    Query& operator=(Query&&) = delete;
    ~Query();

    Result<bool> next();  // false: no further row
    std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
    bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    std::string text(int column) const;  // also blobs

    void bind(int index, std::int64_t value) { sqlite3_bind_int64(statement_, index, value); }
    void bind(int index, std::uint64_t value) { bind(index, static_cast<std::int64_t>(value)); }
    void bind(int index, int value) { sqlite3_bind_int(statement_, index, value); }
    void bind(int index, std::uint32_t value) { sqlite3_bind_int64(statement_, index, value); }
    void bind(int index, std::nullptr_t) { sqlite3_bind_null(statement_, index); }
    void bind(int index, std::string_view value);
    void bind(int index, BlobView value);

  private:
    sqlite3_stmt* statement_;
    StatementHandle own_;  // set when the kept statement was already under way
};

class Database {
  public:
    // Creates the file when `create`. WAL; every commit is on the disk when it returns (synchronous=FULL).
    static Result<Database> open(const std::filesystem::path& path, bool create);
    // Somebody else's database, not to be written or waited for. `whole`: nothing of it lies in a log, and
    // nothing is locked or created beside it (where that could not be); a writer who comes nevertheless makes
    // for errors or the state of before.
    static Result<Database> open_to_read(const std::filesystem::path& path, bool whole);

    Result<void> script(const std::string& sql);  // several statements, no parameters

    template <typename... Values>
    Result<Query> query(std::string_view sql, const Values&... values) {
        auto prepared = prepare(sql);
        if (!prepared) return prepared;
        int index = 0;
        (prepared->bind(++index, values), ...);
        return prepared;
    }

    // Runs to the end, whatever rows there are.
    template <typename... Values>
    Result<void> run(std::string_view sql, const Values&... values) {
        auto rows = query(sql, values...);
        if (!rows) return fail(rows.error());
        const auto stepped = rows->next();
        if (!stepped) return fail(stepped.error());
        return {};
    }

    std::int64_t changes() const { return sqlite3_changes64(handle_.get()); }
    std::int64_t last_row_id() const { return sqlite3_last_insert_rowid(handle_.get()); }

  private:
    explicit Database(sqlite3* handle) : handle_(handle) {}
    static Result<Database> connect(const std::string& name, int flags);
    Result<Query> prepare(std::string_view sql);

    std::unique_ptr<sqlite3, CloseDatabase> handle_;
    std::unordered_map<std::string, StatementHandle> kept_;  // finalised before handle_ closes
};

// Rolls back unless committed.
class Transaction {
  public:
    static Result<Transaction> begin(Database& database);
    Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    Result<void> commit();

  private:
    explicit Transaction(Database* database) : database_(database) {}
    Database* database_;
};

}  // namespace modelward
