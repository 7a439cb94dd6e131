// SPDX-License-Identifier: Apache-2.0
#include "agent/watch/open_file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace modelward::agent {
namespace {

std::int64_t nanoseconds(const timespec& time) {
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

// glibc 2.36 has no wrapper.
int open_without_links(const char* path) {
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC | O_NOFOLLOW;
    how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    return static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how));
}

}  // namespace

FileId file_id(const struct stat& status) {
    return {status.st_dev, status.st_ino};
}

FileStamp file_stamp(const struct stat& status) {
    return {nanoseconds(status.st_mtim), nanoseconds(status.st_ctim),
            static_cast<std::uint64_t>(status.st_size)};
}

Result<OpenFile> open_file(const std::filesystem::path& path) {
    const UniqueFd place(open_without_links(path.c_str()));
    if (!place) {
        if (errno == ENOENT || errno == ENOTDIR)
            return fail(ErrorCode::kNotFound, path.string() + ": no such file");
        if (errno == ELOOP)
            return fail(ErrorCode::kUnsupported, path.string() + ": a symbolic link on the way");
        return fail_errno("open " + path.string());
    }
    struct stat status{};
    if (::fstat(place.get(), &status) != 0) return fail_errno("stat " + path.string());
    if (!S_ISREG(status.st_mode))
        return fail(ErrorCode::kUnsupported, path.string() + ": not a regular file");
    const std::string again = "/proc/self/fd/" + std::to_string(place.get());
    UniqueFd fd(::open(again.c_str(), O_RDONLY | O_CLOEXEC | O_NOATIME | O_NONBLOCK));
    if (!fd && errno == EPERM)
        fd.reset(::open(again.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // not our file
    if (!fd) return fail_errno("open " + path.string());
    return OpenFile{std::move(fd), file_id(status), file_stamp(status)};
}

Result<FileStamp> stamp_of(int fd) {
    struct stat status{};
    if (::fstat(fd, &status) != 0) return fail_errno("stat an open file");
    return file_stamp(status);
}

}  // namespace modelward::agent
