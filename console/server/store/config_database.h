// SPDX-License-Identifier: Apache-2.0
// The database of people and configuration: users, sessions, enrolment tokens, hosts, rule documents,
// artifacts, bundles. One file; each family of tables has its own header beside this one. Thread-safe through
// lock().
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

  private:
    explicit ConfigDatabase(Database database) : database_(std::move(database)) {}
    std::mutex mutex_;
    Database database_;
};

}  // namespace modelward::console
