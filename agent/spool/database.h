// SPDX-License-Identifier: Apache-2.0
// SQLite with this project's errors: a connection, prepared statements, one transaction.
//
// A full disk (or a reached page limit) is ErrorCode::kLimit, everything else that SQLite refuses is kIo. A
// failed statement leaves the connection usable. Not thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace modelward::agent {

class Statement {
  public:
    // Positions are 1-based, as in SQL.
    Statement& bind(int position, std::int64_t value);
    Statement& bind(int position, std::string_view text);
    Statement& bind(int position, std::span<const std::uint8_t> blob);

    Result<bool> step();  // true: a row is there
    Result<void> run();   // to the end, then ready for the next use

    std::int64_t integer(int column) const;  // 0-based, of the current row
    std::string text(int column) const;
    std::vector<std::uint8_t> blob(int column) const;

    void reset();

  private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
  public:
    // WAL, synchronous=FULL: what was committed survives a power cut. The file is made with mode 0600.
    static Result<Database> open(const std::filesystem::path& path);

    Result<void> execute(const char* sql);
    Result<Statement> prepare(std::string_view sql);
    std::int64_t changes() const;  // rows touched by the last statement

  private:
    struct Close {
        void operator()(sqlite3* connection) const;
    };
    explicit Database(sqlite3* connection) : connection_(connection) {}
    std::unique_ptr<sqlite3, Close> connection_;
};

// Rolls back unless commit() succeeded.
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

}  // namespace modelward::agent
