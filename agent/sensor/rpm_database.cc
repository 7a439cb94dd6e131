// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/rpm_database.h"

#include <chrono>
#include <iterator>
#include <thread>

#include "agent/sensor/rpm_header.h"
#include "base/sqlite/sqlite.h"

namespace modelward::agent {
namespace {

constexpr int kTries = 4;
constexpr auto kPause = std::chrono::milliseconds(10);

std::filesystem::path log_of(const std::filesystem::path& database) {
    return database.string() + "-wal";
}

Result<std::vector<std::string>> read_files(const std::filesystem::path& database, const std::string& name) {
    std::error_code error;
    // With nothing in the log the database is whole without it, and can be read where SQLite may not create
    // its own files beside it (the agent sees the system read-only). What rpm writes meanwhile goes to the
    // log.
    const auto logged = std::filesystem::file_size(log_of(database), error);
    const bool whole = error || logged == 0;
    auto opened = Database::open_to_read(database, whole);
    if (!opened) return fail(opened.error());
    auto rows = opened->query(
        "SELECT blob FROM Packages WHERE hnum IN (SELECT hnum FROM Name WHERE key = ?) ORDER BY hnum", name);
    if (!rows) return fail(rows.error());
    std::vector<std::string> all;
    bool installed = false;
    for (;;) {
        const auto more = rows->next();
        if (!more) return fail(more.error());
        if (!*more) break;
        installed = true;
        auto files = files_of_rpm_header(rows->text(0));
        if (!files) return fail(files.error().with_context(database.string()));
        all.insert(all.end(), std::make_move_iterator(files->begin()), std::make_move_iterator(files->end()));
    }
    if (!installed) return fail(ErrorCode::kNotFound, "rpm has no package '" + name + "'");
    return all;
}

}  // namespace

std::vector<std::filesystem::path> parts_of_rpm_database(const std::filesystem::path& database) {
    std::vector<std::filesystem::path> parts;
    std::error_code error;
    for (const auto& part : {database, log_of(database)})
        if (std::filesystem::is_regular_file(part, error)) parts.push_back(part);
    return parts;
}

Result<std::vector<std::string>> files_of_rpm_package(const std::filesystem::path& database,
                                                      const std::string& name) {
    // rpm may have been moving its log into the database meanwhile: what was read then is neither of both.
    for (int tries = kTries;;) {
        auto files = read_files(database, name);
        if (files || files.error().code() == ErrorCode::kNotFound || --tries == 0) return files;
        std::this_thread::sleep_for(kPause);
    }
}

}  // namespace modelward::agent
