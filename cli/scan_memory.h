// SPDX-License-Identifier: Apache-2.0
// Remembers, between runs of `modelward scan`, the files in which nothing was found, so that a run that was
// stopped goes on and a later one looks at what changed only. Files that were found, or could not be looked
// at, are not remembered: every run says them again.
//
// An SQLite file. Belongs to one index: opened with another, it has seen nothing.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/sqlite/sqlite.h"
#include "base/unique_fd.h"

namespace modelward::cli {

// A file beside the one that is looked at, which it names and which was looked at with it.
struct SeenSibling {
    std::string name;
    std::string state;  // file_state()
};

// Differs when the file's content does; empty: there is no regular file of this name.
std::string file_state(const std::string& path);

class ScanMemory {
  public:
    // `identity` says which index, which program, and how deep a look. kInvalid: the file is something else,
    // and is left as it is. kConflict: another scan has it. kIo.
    static Result<ScanMemory> open(const std::string& path, std::string_view identity);

    // Whether this very content was seen: the same file, not written or changed since, nor are the siblings
    // in its folder.
    Result<bool> knows(const struct stat& file, const std::string& folder);
    Result<void> add(const struct stat& file, const std::vector<SeenSibling>& siblings);

    // What was added is on the disk. Otherwise that is so after every few hundred files.
    Result<void> save();

  private:
    Result<bool> knows_siblings(const struct stat& file, const std::string& folder);
    ScanMemory(UniqueFd lock, Database database) : lock_(std::move(lock)), database_(std::move(database)) {}
    UniqueFd lock_;  // closed after the database: that would end the database's own locks
    Database database_;
    std::uint64_t unsaved_ = 0;
};

}  // namespace modelward::cli
