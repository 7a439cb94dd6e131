// SPDX-License-Identifier: Apache-2.0
#include "agent/fallback/file_key.h"

#include <limits.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>

#include "agent/sensor/device_number.h"

namespace modelward::agent {

Result<kernel::inode_key> file_key(int fd) {
    struct stat status;
    if (::fstat(fd, &status) != 0) return fail_errno("stat a file");
    if (!S_ISREG(status.st_mode)) return fail(ErrorCode::kInvalid, "only regular files carry labels");
    // Inode numbers are used again; file systems that do, tell the uses apart.
    unsigned int generation = 0;
    if (::ioctl(fd, FS_IOC_GETVERSION, &generation) != 0) generation = 0;
    return kernel::inode_key{status.st_ino, device_number(status.st_dev), generation};
}

std::string path_of(int fd) {
    std::array<char, PATH_MAX> buffer;
    const std::string link = "/proc/self/fd/" + std::to_string(fd);
    const ssize_t length = ::readlink(link.c_str(), buffer.data(), buffer.size());
    return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : std::string();
}

}  // namespace modelward::agent
