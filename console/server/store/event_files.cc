// SPDX-License-Identifier: Apache-2.0
#include "console/server/store/event_files.h"

#include <algorithm>
#include <cctype>
#include <ctime>
#include <optional>

#include "console/server/store/event_rows.h"

namespace modelward::console {
namespace {

constexpr std::string_view kPrefix = "events-";
constexpr std::string_view kSuffix = ".db";

std::optional<std::string> period_in(const std::string& name) {
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
    std::string period = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
    static constexpr std::string_view kPattern = "dddd-dd";
    const bool fits = std::ranges::equal(period, kPattern, [](char c, char wanted) {
        return wanted == 'd' ? std::isdigit(static_cast<unsigned char>(c)) != 0 : c == wanted;
    });
    return fits ? std::optional(std::move(period)) : std::nullopt;
}

Result<bool> has_schema(Database& database) {
    auto rows = database.query("PRAGMA user_version");
    if (!rows) return fail(rows.error());
    if (const auto row = rows->next(); !row) return fail(row.error());
    return rows->integer(0) > 0;
}

// The newest file but `period`'s own, if there is one.
Result<std::optional<Database>> open_previous(const std::filesystem::path& directory,
                                              const std::string& period) {
    auto periods = list_periods(directory);
    if (!periods) return fail(periods.error());
    std::erase(*periods, period);
    if (periods->empty()) return std::nullopt;
    auto opened = Database::open(event_file(directory, periods->back()), false);
    if (!opened) return fail(opened.error());
    return std::optional(std::move(*opened));
}

// Schema and seed in one transaction: a crash in between leaves an empty file, which this fills the next
// time.
Result<void> prepare(Database& database, const std::filesystem::path& directory, const std::string& period) {
    // Whoever opens a file to read it need not wait for whoever writes to it.
    if (const auto ready = has_schema(database); !ready || *ready)
        return ready ? Result<void>() : fail(ready.error());
    auto transaction = Transaction::begin(database);
    if (!transaction) return fail(transaction.error());
    const auto ready = has_schema(database);
    if (!ready) return fail(ready.error());
    if (*ready) return {};
    if (auto made = create_event_schema(database); !made) return made;
    auto previous = open_previous(directory, period);
    if (!previous) return fail(previous.error());
    if (auto seeded = seed_event_file(database, *previous ? &**previous : nullptr); !seeded) return seeded;
    return transaction->commit();
}

}  // namespace

std::string period_of(std::int64_t unix_ms) {
    const std::time_t seconds = unix_ms / 1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[16];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m", &parts);
    return {text, length};
}

Result<std::vector<std::string>> list_periods(const std::filesystem::path& directory) {
    std::vector<std::string> periods;
    std::error_code error;
    for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error)) {
        if (auto period = period_in(at->path().filename().string())) periods.push_back(std::move(*period));
    }
    if (error) return fail(ErrorCode::kIo, directory.string() + ": " + error.message());
    std::ranges::sort(periods);
    return periods;
}

std::filesystem::path event_file(const std::filesystem::path& directory, const std::string& period) {
    return directory / (std::string(kPrefix) + period + std::string(kSuffix));
}

Result<Database> open_event_file(const std::filesystem::path& directory, const std::string& period) {
    auto database = Database::open(event_file(directory, period), true);
    if (!database) return database;
    if (auto ready = prepare(*database, directory, period); !ready) return fail(ready.error());
    return database;
}

Result<std::vector<std::string>> remove_periods_before(const std::filesystem::path& directory,
                                                       const std::string& first_kept) {
    const auto periods = list_periods(directory);
    if (!periods) return periods;
    std::vector<std::string> removed;
    for (std::size_t i = 0; i + 1 < periods->size() && (*periods)[i] < first_kept; ++i) {
        const std::string path = event_file(directory, (*periods)[i]).string();
        for (const char* part : {"", "-wal", "-shm"}) {
            std::error_code error;
            std::filesystem::remove(path + part, error);
            if (error) return fail(ErrorCode::kIo, "remove " + path + part + ": " + error.message());
        }
        removed.push_back((*periods)[i]);
    }
    return removed;
}

}  // namespace modelward::console
