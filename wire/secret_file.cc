// SPDX-License-Identifier: Apache-2.0
#include "wire/secret_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/unique_fd.h"
#include "base/write_all.h"

namespace modelward::wire {
namespace {

Result<void> write_durably(int fd, std::string_view text) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    if (auto written = write_all(fd, {bytes, text.size()}); !written) return written;
    if (::fsync(fd) != 0) return fail_errno("fsync");
    return {};
}

}  // namespace

Result<void> write_secret_file(const std::filesystem::path& path, std::string_view text) {
    std::string temporary = path.string() + ".XXXXXX";
    UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
    if (!fd) return fail_errno("create " + temporary);
    if (auto written = write_durably(fd.get(), text); !written) {
        ::unlink(temporary.c_str());
        return fail(written.error().with_context(temporary));
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        const auto error = fail_errno("rename " + temporary + " to " + path.string());
        ::unlink(temporary.c_str());
        return error;
    }
    const UniqueFd directory(::open(path.has_parent_path() ? path.parent_path().c_str() : ".",
                                    O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory) ::fsync(directory.get());
    return {};
}

Result<std::string> read_small_file(const std::filesystem::path& path, std::size_t limit) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd && errno == ENOENT) return fail(ErrorCode::kNotFound, path.string() + " does not exist");
    if (!fd) return fail_errno("open " + path.string());
    std::string text;
    char block[16384];
    while (true) {
        const ssize_t count = ::read(fd.get(), block, sizeof block);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_errno("read " + path.string());
        if (count == 0) return text;
        text.append(block, static_cast<std::size_t>(count));
        if (text.size() > limit) {
            return fail(ErrorCode::kLimit,
                        path.string() + " is longer than " + std::to_string(limit) + " bytes");
        }
    }
}

}  // namespace modelward::wire
