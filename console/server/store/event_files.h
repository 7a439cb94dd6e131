// SPDX-License-Identifier: Apache-2.0
// The event files of a state directory, one a month (UTC, by time of receipt): "events-2026-11.db". Only the
// newest is written to, also while the clock is behind it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/sqlite/sqlite.h"

namespace modelward::console {

std::string period_of(std::int64_t unix_ms);  // "2026-11"

// Periods that have a file, oldest first.
Result<std::vector<std::string>> list_periods(const std::filesystem::path& directory);

std::filesystem::path event_file(const std::filesystem::path& directory, const std::string& period);

// Opens the period's file; creates it, with schema and what it takes over from the newest file before it.
Result<Database> open_event_file(const std::filesystem::path& directory, const std::string& period);

// Retention: unlinks every file of a period before `first_kept`, except the newest, which holds the marks.
Result<std::vector<std::string>> remove_periods_before(const std::filesystem::path& directory,
                                                       const std::string& first_kept);

}  // namespace modelward::console
