// SPDX-License-Identifier: Apache-2.0
// Labels that outlive a reboot: the kernel's table is memory only, and what lineage knew of an encrypted copy
// no scan can find out again. One row a file, known by path and by inode number with birth time, so that a
// file that was renamed is found again by a walk. In the spool's database; main loop only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>

#include "agent/sensor/kernel_event.h"
#include "agent/watch/open_file.h"
#include "base/error.h"
#include "base/sqlite/sqlite.h"

namespace modelward::agent {

struct ArchivedFile {
    std::uint64_t inode = 0;
    std::int64_t birth_ns = 0;  // 0: the file system does not tell
    auto operator<=>(const ArchivedFile&) const = default;
};

Result<ArchivedFile> archived_file(int fd);

struct ArchivedLabel {
    std::filesystem::path path;
    Label label;
};

class LabelArchive {
  public:
    // `database` must outlive the archive.
    static Result<LabelArchive> open(Database& database);

    Result<void> remember(const ArchivedFile& file, const std::filesystem::path& path, const Label& label);
    Result<void> forget(const ArchivedFile& file);

    const ArchivedLabel* find(const ArchivedFile& file) const;
    bool holds_inode(std::uint64_t inode) const;  // a cheap first question
    const std::map<ArchivedFile, ArchivedLabel>& all() const { return labels_; }

  private:
    explicit LabelArchive(Database& database) : database_(&database) {}
    Result<void> load();

    Database* database_;
    std::map<ArchivedFile, ArchivedLabel> labels_;
};

}  // namespace modelward::agent
