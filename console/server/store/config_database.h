// SPDX-License-Identifier: Apache-2.0
// The database of people and configuration: users, sessions, enrolment tokens, hosts, rule documents,
// artifacts, bundles. One file; each family of tables has its own header beside this one. Thread-safe through
// lock() and lock_reader().
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "base/sqlite/sqlite.h"

namespace modelward::console {

class ConfigDatabase {
  public:
    // kNotFound when the file does not exist and `create` is false; kUnsupported when a newer console made
    // it.
    static Result<std::unique_ptr<ConfigDatabase>> open(const std::filesystem::path& path, bool create);

    class Locked {
      public:
        Locked(std::mutex& mutex, Database& database) : guard_(mutex), database_(&database) {}
        Database* operator->() { return database_; }
        Database& operator*() { return *database_; }

      private:
        std::unique_lock<std::mutex> guard_;
        Database* database_;
    };
    Locked lock() { return {mutex_, database_}; }
    // For reading what may be long: who reads here waits for others that do, and nobody at lock() waits for
    // them. Sees what was committed, and cannot write.
    Locked lock_reader() { return {reader_mutex_, reader_}; }

  private:
    ConfigDatabase(Database database, Database reader)
        : database_(std::move(database)), reader_(std::move(reader)) {}
    std::mutex mutex_;
    Database database_;
    std::mutex reader_mutex_;
    Database reader_;
};

}  // namespace modelward::console
