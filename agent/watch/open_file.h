// SPDX-License-Identifier: Apache-2.0
// Opening a file of unknown origin as root without being led astray: no symbolic link anywhere in the path,
// nothing but a regular file is ever opened for reading (opening a device or a pipe can have effects), access
// time untouched.
#pragma once

#include <sys/stat.h>

#include <compare>
#include <cstdint>
#include <filesystem>

#include "base/error.h"
#include "base/unique_fd.h"

namespace modelward::agent {

struct FileId {
    std::uint64_t device;
    std::uint64_t inode;
    auto operator<=>(const FileId&) const = default;
};

// Changes whenever the content may have changed.
struct FileStamp {
    std::int64_t modified_ns;
    std::int64_t changed_ns;
    std::uint64_t size;
    bool operator==(const FileStamp&) const = default;
};

struct OpenFile {
    UniqueFd fd;  // O_RDONLY
    FileId id;
    FileStamp stamp;
};

FileId file_id(const struct stat& status);
FileStamp file_stamp(const struct stat& status);

// kNotFound; kUnsupported: not a regular file, or a symbolic link on the way; kIo.
Result<OpenFile> open_file(const std::filesystem::path& path);

Result<FileStamp> stamp_of(int fd);

}  // namespace modelward::agent
