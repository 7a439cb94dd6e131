// SPDX-License-Identifier: Apache-2.0
// Walks a directory tree in small steps, so that the main loop goes on in between. Depth first. Symbolic
// links are not followed; other file systems mounted inside the tree are not entered but named (mounts()); at
// most kMaxDepth levels.
#pragma once

#include <dirent.h>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "base/error.h"

namespace modelward {

inline constexpr std::size_t kMaxDepth = 128;
inline constexpr std::size_t kMostMounts = 256;

class TreeWalk {
  public:
    using Visit = std::function<void(const std::filesystem::path&, const struct stat&)>;

    // kNotFound, kIo; kUnsupported: not a directory. A symbolic link *to* the tree is fine: `root` is its
    // target.
    static Result<TreeWalk> start(const std::filesystem::path& root);

    // Looks at up to `entries` names and calls `visit` for each regular file. False: the walk is done.
    bool step(std::size_t entries, const Visit& visit);

    const std::filesystem::path& root() const { return root_; }
    // Roots of other file systems that the walk came by; at most kMostMounts, further ones count as skipped.
    const std::vector<std::filesystem::path>& mounts() const { return mounts_; }
    // Directories that could not be read or lie too deep.
    std::uint64_t skipped() const { return skipped_; }

  private:
    struct CloseDirectory {
        void operator()(DIR* directory) const { ::closedir(directory); }
    };
    struct Level {
        std::unique_ptr<DIR, CloseDirectory> directory;
        std::filesystem::path path;
    };

    void note_mount(const std::filesystem::path& path);
    void enter(int parent, const char* name, const std::filesystem::path& path);

    std::filesystem::path root_;
    dev_t device_ = 0;
    std::vector<Level> levels_;
    std::vector<std::filesystem::path> mounts_;
    std::uint64_t skipped_ = 0;
};

}  // namespace modelward
