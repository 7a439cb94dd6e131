// SPDX-License-Identifier: Apache-2.0
#include "cli/scan_memory.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace modelward::cli {
namespace {

constexpr std::uint64_t kSaveEvery = 256;
constexpr std::int64_t kApplication = 0x4D575343;  // "MWSC"

std::int64_t nanoseconds(const timespec& time) {
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

// The first number that a query says.
Result<std::int64_t> number(Database& database, std::string_view sql) {
    auto rows = database.query(sql);
    if (!rows) return fail(rows.error());
    const auto there = rows->next();
    if (!there) return fail(there.error());
    return *there ? rows->integer(0) : 0;
}

Result<bool> belongs_to(Database& database, std::string_view identity) {
    auto rows = database.query("SELECT 1 FROM belongs_to WHERE identity = ?", identity);
    if (!rows) return fail(rows.error());
    return rows->next();
}

// Before anything of it is touched: another program's file stays as it is.
Result<void> check_ours(const std::string& path) {
    auto database = Database::open_to_read(path, true);
    const auto application =
        database ? number(*database, "PRAGMA application_id") : Result<std::int64_t>(fail(database.error()));
    if (application && *application == kApplication) return {};
    return fail(ErrorCode::kInvalid, path + " is not what a scan remembered; give another --state");
}

Result<UniqueFd> lock(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) return fail_errno(path);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
    if (errno == EWOULDBLOCK) return fail(ErrorCode::kConflict, path + " is in use by another scan");
    return fail_errno("lock " + path);
}

Result<void> create_tables(Database& database) {
    return database.script("PRAGMA application_id = " + std::to_string(kApplication) +
                           ";"
                           "CREATE TABLE IF NOT EXISTS belongs_to (identity TEXT NOT NULL);"
                           "CREATE TABLE IF NOT EXISTS seen (device INTEGER, inode INTEGER, size INTEGER,"
                           " modified INTEGER, changed INTEGER,"
                           " PRIMARY KEY (device, inode)) WITHOUT ROWID;"
                           "CREATE TABLE IF NOT EXISTS siblings (device INTEGER, inode INTEGER, name TEXT,"
                           " state TEXT, PRIMARY KEY (device, inode, name)) WITHOUT ROWID;"
                           // Out of the log, where check_ours() does not look after a scan was killed.
                           "PRAGMA wal_checkpoint(TRUNCATE);");
}

Result<void> start_anew_for(Database& database, std::string_view identity) {
    for (const char* sql : {"DELETE FROM seen", "DELETE FROM siblings", "DELETE FROM belongs_to"})
        if (auto emptied = database.run(sql); !emptied) return emptied;
    return database.run("INSERT INTO belongs_to VALUES (?)", identity);
}

}  // namespace

Result<ScanMemory> ScanMemory::open(const std::string& path, std::string_view identity) {
    auto locked = lock(path);
    if (!locked) return fail(locked.error());
    struct stat status{};
    const bool is_new = ::fstat(locked->get(), &status) == 0 && status.st_size == 0;
    if (!is_new)
        if (auto ours = check_ours(path); !ours) return fail(ours.error());
    auto database = Database::open(path, true);
    if (!database) return fail(database.error().with_context(path));
    if (auto made = create_tables(*database); !made) return fail(made.error().with_context(path));
    if (auto begun = database->run("BEGIN IMMEDIATE"); !begun) return fail(begun.error().with_context(path));
    const auto same = belongs_to(*database, identity);
    if (!same) return fail(same.error().with_context(path));
    if (!*same)
        if (auto emptied = start_anew_for(*database, identity); !emptied)
            return fail(emptied.error().with_context(path));
    ScanMemory memory(std::move(*locked), std::move(*database));
    if (auto saved = memory.save(); !saved) return fail(saved.error().with_context(path));
    return memory;
}

std::string file_state(const std::string& path) {
    struct stat file{};
    if (::lstat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) return {};
    std::string state;
    for (const std::int64_t part :
         {static_cast<std::int64_t>(file.st_dev), static_cast<std::int64_t>(file.st_ino),
          std::int64_t{file.st_size}, nanoseconds(file.st_mtim), nanoseconds(file.st_ctim)})
        state += std::to_string(part) + ":";
    return state;
}

Result<bool> ScanMemory::knows(const struct stat& file, const std::string& folder) {
    auto rows = database_.query(
        "SELECT 1 FROM seen WHERE device = ? AND inode = ? AND size = ? AND modified = ? AND changed = ?",
        std::uint64_t{file.st_dev}, std::uint64_t{file.st_ino}, std::int64_t{file.st_size},
        nanoseconds(file.st_mtim), nanoseconds(file.st_ctim));
    if (!rows) return fail(rows.error());
    const auto is_known = rows->next();
    return is_known && *is_known ? knows_siblings(file, folder) : is_known;
}

Result<bool> ScanMemory::knows_siblings(const struct stat& file, const std::string& folder) {
    auto rows = database_.query("SELECT name, state FROM siblings WHERE device = ? AND inode = ?",
                                std::uint64_t{file.st_dev}, std::uint64_t{file.st_ino});
    if (!rows) return fail(rows.error());
    for (;;) {
        const auto more = rows->next();
        if (!more) return fail(more.error());
        if (!*more) return true;
        if (file_state(folder + "/" + std::string(rows->text(0))) != rows->text(1)) return false;
    }
}

Result<void> ScanMemory::add(const struct stat& file, const std::vector<SeenSibling>& siblings) {
    const std::uint64_t device = file.st_dev, inode = file.st_ino;
    auto forgotten = database_.run("DELETE FROM siblings WHERE device = ? AND inode = ?", device, inode);
    if (!forgotten) return forgotten;
    for (const SeenSibling& sibling : siblings) {
        auto added = database_.run("INSERT OR REPLACE INTO siblings VALUES (?, ?, ?, ?)", device, inode,
                                   sibling.name, sibling.state);
        if (!added) return added;
    }
    auto added =
        database_.run("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)", device, inode,
                      std::int64_t{file.st_size}, nanoseconds(file.st_mtim), nanoseconds(file.st_ctim));
    if (!added || ++unsaved_ < kSaveEvery) return added;
    return save();
}

Result<void> ScanMemory::save() {
    unsaved_ = 0;
    if (auto committed = database_.run("COMMIT"); !committed) return committed;
    return database_.run("BEGIN IMMEDIATE");
}

}  // namespace modelward::cli
