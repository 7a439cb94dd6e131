// SPDX-License-Identifier: Apache-2.0
#include "base/tree_walk.h"

#include <fcntl.h>

#include <cerrno>
#include <string_view>

#include "base/unique_fd.h"

namespace modelward {

Result<TreeWalk> TreeWalk::start(const std::filesystem::path& root) {
    std::error_code error;
    TreeWalk walk;
    walk.root_ = std::filesystem::canonical(root, error);
    if (error == std::errc::no_such_file_or_directory)
        return fail(ErrorCode::kNotFound, root.string() + ": no such directory");
    if (error) return fail(Error::from_errno(root.string(), error.value()));
    struct stat status{};
    if (::stat(walk.root_.c_str(), &status) != 0) return fail_errno(root.string());
    if (!S_ISDIR(status.st_mode)) return fail(ErrorCode::kUnsupported, root.string() + ": not a directory");
    walk.device_ = status.st_dev;
    walk.enter(AT_FDCWD, walk.root_.c_str(), walk.root_);
    if (walk.levels_.empty()) return fail_errno("read " + root.string());
    return walk;
}

void TreeWalk::note_mount(const std::filesystem::path& path) {
    if (mounts_.size() < kMostMounts)
        mounts_.push_back(path);
    else
        ++skipped_;
}

void TreeWalk::enter(int parent, const char* name, const std::filesystem::path& path) {
    UniqueFd fd;
    if (levels_.size() < kMaxDepth)
        fd.reset(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    struct stat status{};
    if (!fd || ::fstat(fd.get(), &status) != 0) {
        ++skipped_;
        return;
    }
    if (status.st_dev != device_) return note_mount(path);  // exchanged for a mount since it was looked at
    DIR* directory = ::fdopendir(fd.get());
    if (!directory) {
        ++skipped_;
        return;
    }
    static_cast<void>(fd.release());  // closedir() closes it
    levels_.push_back({std::unique_ptr<DIR, CloseDirectory>(directory), path});
}

bool TreeWalk::step(std::size_t entries, const Visit& visit) {
    while (entries-- > 0 && !levels_.empty()) {
        DIR* directory = levels_.back().directory.get();
        errno = 0;
        const dirent* entry = ::readdir(directory);
        if (!entry) {
            if (errno != 0) ++skipped_;
            levels_.pop_back();
            continue;
        }
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..") continue;
        struct stat status{};
        if (::fstatat(::dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) !=
            0) {
            if (errno != ENOENT) ++skipped_;  // else gone again
            continue;
        }
        const std::filesystem::path path = levels_.back().path / name;
        if (S_ISDIR(status.st_mode)) {
            if (status.st_dev == device_)
                enter(::dirfd(directory), entry->d_name, path);
            else
                note_mount(path);
        } else if (S_ISREG(status.st_mode)) {
            visit(path, status);
        }
    }
    return !levels_.empty();
}

}  // namespace modelward
