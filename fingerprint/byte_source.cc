// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/byte_source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace modelward::fingerprint {
namespace {

Result<void> check_range(std::uint64_t size, std::uint64_t offset, std::size_t length) {
    if (offset > size || length > size - offset) {
        return fail(ErrorCode::kInvalid, "read of " + std::to_string(length) + " bytes at offset " +
                                             std::to_string(offset) + " is outside the file of " +
                                             std::to_string(size) + " bytes");
    }
    return {};
}

}  // namespace

Result<void> MemorySource::read(std::uint64_t offset, std::span<std::uint8_t> into) const {
    if (auto inside = check_range(bytes_.size(), offset, into.size()); !inside) return inside;
    if (!into.empty()) std::memcpy(into.data(), bytes_.data() + offset, into.size());
    return {};
}

Result<FileSource> FileSource::from_fd(int fd) {
    struct stat status{};
    if (::fstat(fd, &status) != 0) return fail_errno("fstat");
    if (S_ISDIR(status.st_mode)) return fail(ErrorCode::kInvalid, "is a directory; name the files in it");
    if (!S_ISREG(status.st_mode)) {
        return fail(ErrorCode::kInvalid, "is not a regular file; copy its content into one first");
    }
    return FileSource(fd, static_cast<std::uint64_t>(status.st_size));
}

Result<void> FileSource::read(std::uint64_t offset, std::span<std::uint8_t> into) const {
    if (auto inside = check_range(size_, offset, into.size()); !inside) return inside;
    while (!into.empty()) {
        const ssize_t got = ::pread(fd_, into.data(), into.size(), static_cast<off_t>(offset));
        if (got < 0) {
            if (errno == EINTR) continue;
            return fail_errno("pread at offset " + std::to_string(offset));
        }
        if (got == 0) {
            return fail(ErrorCode::kIo, "the file shrank to less than " +
                                            std::to_string(offset + into.size()) +
                                            " bytes while it was read; try again");
        }
        offset += static_cast<std::uint64_t>(got);
        into = into.subspan(static_cast<std::size_t>(got));
    }
    return {};
}

}  // namespace modelward::fingerprint
