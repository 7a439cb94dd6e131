// SPDX-License-Identifier: Apache-2.0
// Connections for reading the event files. Each reader has a file's connection to itself for as long as it
// reads; nobody waits for a scan of another. Thread-safe.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/sqlite/sqlite.h"

namespace modelward::console {

class EventReaders {
  public:
    explicit EventReaders(std::filesystem::path directory) : directory_(std::move(directory)) {}

    // A connection that goes back when this is gone. Must not outlive its EventReaders.
    class Lease {
      public:
        Lease(EventReaders& readers, std::string period, std::unique_ptr<Database> database)
            : readers_(&readers), period_(std::move(period)), database_(std::move(database)) {}
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (database_) readers_->give_back(period_, std::move(database_));
        }
        Database& database() { return *database_; }

      private:
        EventReaders* readers_;
        std::string period_;
        std::unique_ptr<Database> database_;
    };

    // Nothing when the file of the period was removed.
    Result<std::optional<Lease>> lease(const std::string& period);
    // Retention, as remove_periods_before(). Who is reading what goes reads on to the end.
    Result<std::vector<std::string>> remove_before(const std::string& first_kept);

  private:
    void give_back(const std::string& period, std::unique_ptr<Database> database);

    const std::filesystem::path directory_;
    std::mutex mutex_;  // not held while anybody reads
    std::map<std::string, std::vector<std::unique_ptr<Database>>> idle_;
};

}  // namespace modelward::console
