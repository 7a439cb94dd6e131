// SPDX-License-Identifier: Apache-2.0
// Which files were written and closed just now, on the file systems of the watched trees (fanotify). Events
// of this process and of the scanner do not occur: neither writes there. Not seen: files moved in from
// outside the trees and writes through a mapping after the descriptor was closed; the periodic walk finds
// those.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"

namespace modelward::agent {

class FileEvents {
  public:
    // kUnsupported, kDenied or kIo when the kernel does not allow it: the periodic walk is then all there is.
    static Result<FileEvents> create();

    // The whole file system on which `tree` lies. Events outside all trees are dropped in read().
    Result<void> watch(const std::filesystem::path& tree);
    void forget_trees() { trees_.clear(); }

    int fd() const { return fd_.get(); }

    // All that waits: the path of each written file inside a tree. `overflow`: the kernel dropped events.
    struct Batch {
        std::vector<std::filesystem::path> written;
        bool overflow = false;
    };
    Result<Batch> read();

  private:
    explicit FileEvents(UniqueFd fd) : fd_(std::move(fd)) {}
    UniqueFd fd_;
    std::vector<std::filesystem::path> trees_;  // canonical
};

// `path` is `tree` itself or below it; both without a trailing slash.
bool is_below(const std::filesystem::path& path, const std::filesystem::path& tree);

}  // namespace modelward::agent
