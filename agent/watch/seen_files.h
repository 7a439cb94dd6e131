// SPDX-License-Identifier: Apache-2.0
// Files that need not be scanned again: unchanged since they were scanned with the fingerprints in force.
// Bounded; forgetting costs a scan, nothing else.
#pragma once

#include <cstddef>
#include <map>

#include "agent/watch/open_file.h"

namespace modelward::agent {

inline constexpr std::size_t kMostSeenFiles = 1'000'000;

class SeenFiles {
  public:
    bool contains(const FileId& id, const FileStamp& stamp) const {
        const auto found = files_.find(id);
        return found != files_.end() && found->second == stamp;
    }
    void add(const FileId& id, const FileStamp& stamp) {
        if (files_.size() >= kMostSeenFiles) files_.clear();
        files_[id] = stamp;
    }
    void clear() { files_.clear(); }
    std::size_t size() const { return files_.size(); }

  private:
    std::map<FileId, FileStamp> files_;
};

}  // namespace modelward::agent
